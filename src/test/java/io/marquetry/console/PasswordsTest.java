package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Passwords passwords = new Passwords(vertx);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  /** From the tests of the reference implementation of Argon2. */
  @Test
  void verify_hashOfTheReferenceImplementation_fits() {
    var phc =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assertThat(Passwords.verify("password", phc)).isTrue();
    assertThat(Passwords.verify("Password", phc)).isFalse();
  }

  @Test
  void hash_samePasswordTwice_differsAndFitsBoth() {
    var one = await(passwords.hash("correct horse"));
    var other = await(passwords.hash("correct horse"));
    assertThat(one).isNotEqualTo(other).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(await(passwords.fits("correct horse", one))).isTrue();
    assertThat(await(passwords.fits("correct horse", other))).isTrue();
    assertThat(await(passwords.fits("correct horsf", one))).isFalse();
    assertThat(await(passwords.fits("correct horse", passwords.nobody()))).isFalse();
  }

  @Test
  void fits_tooManyAtOnce_areRefusedAndNotQueued() {
    var cheap =
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    var all = new ArrayList<Future<Boolean>>();
    vertx.runOnContext(
        now -> {
          for (int i = 0; i < 40; i++) {
            all.add(passwords.fits("x", cheap));
          }
        });
    await(vertx.timer(1).compose(tick -> Future.join(all).otherwiseEmpty()));
    assertThat(all)
        .filteredOn(Future::failed)
        .isNotEmpty()
        .allSatisfy(
            failed ->
                assertThat(failed.cause())
                    .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.OVERLOADED)));
    assertThat(all).filteredOn(Future::succeeded).hasSizeGreaterThanOrEqualTo(32);
  }
}
