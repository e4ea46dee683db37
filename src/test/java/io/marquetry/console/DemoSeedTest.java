package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.catalogue.CatalogueRig;
import io.marquetry.console.core.Permissions;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoSeedTest {
  private final CatalogueRig rig =
      new CatalogueRig(TestPostgres.freshDatabase(), InstantSource.system());
  private final Map<String, String> files = new HashMap<>();

  @AfterEach
  void close() {
    rig.close();
  }

  private String seed() {
    return await(seedFrom(name -> bytes(files.get(name))).run());
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private DemoSeed seedFrom(DemoSeed.Files from) {
    var definitions = new DefinitionOperations(rig.bus);
    var handlers = new HashMap<String, Operation.Handler>();
    Permissions.ALL
        .keySet()
        .forEach(
            name -> handlers.put(name, (actor, body) -> Future.failedFuture("not for this test")));
    definitions.register(handlers);
    new KeyOperations(rig.bus).register(handlers);
    return new DemoSeed(rig.vertx, definitions, new Operations(handlers), from);
  }

  private Catalogue catalogue() {
    return await(rig.bus.ask(Addresses.CATALOGUE, new GetCatalogue()));
  }

  @Test
  void run_setup_isDoneOnceWithItsFiles() {
    rig.catalogue(Map.of(), Map.of());
    files.put(
        "setup.json",
        """
        [{'operation':'sites.put','body':{'key':'demo'}},
         {'operation':'pages.put','body':{'key':'home','site':'demo','path':'/',
          'template':{'$file':'pages/home.html'}}},
         {'operation':'keys.create','body':{'site':'demo','kind':'write','key':'demo'}}]""");
    files.put("pages/home.html", "<h1>home</h1>");

    assertThat(seed()).isEmpty();
    assertThat(catalogue().all(Kind.PAGE).getFirst().body())
        .containsEntry("template", "<h1>home</h1>");
    assertThat(catalogue().keys()).hasSize(1);
    long revision = catalogue().revision();

    files.put("setup.json", "[{'operation':'sites.put','body':{'key':'another'}}]");
    assertThat(seed()).isEmpty();
    assertThat(catalogue().revision()).isEqualTo(revision);
  }

  @Test
  void run_stepRefused_saysWhichAndIsTriedAgainNextTime() {
    rig.catalogue(Map.of(), Map.of());
    files.put("setup.json", "[{'operation':'pages.put','body':{'key':'p','site':'gone'}}]");
    assertThat(seed()).contains("pages.put p").contains("there is no site gone");
    files.put("setup.json", "[{'operation':'sites.put','body':{'key':'demo'}}]");
    assertThat(seed()).isEmpty();
    assertThat(catalogue().all(Kind.SITE)).hasSize(1);
  }

  @Test
  void run_filesMissingOrBroken_saysSo() {
    rig.catalogue(Map.of(), Map.of());
    assertThat(seed()).contains("there is no setup.json");
    files.put("setup.json", "[{'operation':'sites.put','body':{'key':{'$file':'no.html'}}}]");
    assertThat(seed()).contains("there is no file no.html");
    files.put("setup.json", "[{'verb':'sites.put'}]");
    assertThat(seed()).contains("{operation, body}");
    files.put("setup.json", "[");
    assertThat(seed()).contains("malformed JSON");
  }

  /** What comes with the server is set up without a complaint. */
  @Test
  void run_theDemonstration_isAccepted() {
    rig.catalogue(Map.of(), Map.of());
    assertThat(await(seedFrom(DemoSeed::resource).run())).isEmpty();
    assertThat(catalogue().all(Kind.PAGE)).isNotEmpty();
    assertThat(catalogue().all(Kind.RULE)).isNotEmpty();
    assertThat(catalogue().keys()).isNotEmpty();
  }
}
