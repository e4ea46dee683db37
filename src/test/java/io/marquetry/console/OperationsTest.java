package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Permissions;
import io.marquetry.console.core.Role;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperationsTest {
  private static Map<String, Operation.Handler> handlers() {
    var handlers = new HashMap<String, Operation.Handler>();
    Permissions.ALL
        .keySet()
        .forEach(
            name ->
                handlers.put(name, (actor, body) -> Future.succeededFuture(Map.of("done", name))));
    return handlers;
  }

  /** Every operation by every role; a new operation is in it without anybody thinking of it. */
  static Stream<Arguments> matrix() {
    return Permissions.ALL.keySet().stream()
        .flatMap(name -> Arrays.stream(Role.values()).map(role -> Arguments.of(name, role)));
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("matrix")
  void call_operationByRole_isDoneOrForbidden(String name, Role role) {
    var needed = Permissions.ALL.get(name);
    var call = new Operations(handlers()).call(new Actor("x", Set.of(role)), name, Map.of());
    if (role == needed || role == Role.ADMIN || needed == Role.VIEWER) {
      assertThat(await(call)).containsEntry("done", name);
    } else {
      assertThat(call.cause())
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void call_withoutAnyRole_isForbidden(String name) {
    var call = new Operations(handlers()).call(new Actor("x", Set.of()), name, Map.of());
    assertThat(call.failed()).isTrue();
  }

  static Stream<String> names() {
    return Permissions.ALL.keySet().stream();
  }

  @Test
  void new_handlerMissingOrUnlisted_isAMistake() {
    var missing = handlers();
    missing.remove("segments.put");
    assertThatThrownBy(() -> new Operations(missing)).hasMessageContaining("segments.put");
    var unlisted = handlers();
    unlisted.put("secrets.list", (actor, body) -> Future.succeededFuture(Map.of()));
    assertThatThrownBy(() -> new Operations(unlisted)).hasMessageContaining("secrets.list");
  }

  @Test
  void changing_anything_isNotForViewers() {
    assertThat(Permissions.ALL)
        .allSatisfy(
            (name, role) -> {
              if (!name.matches(".*\\.(list|get|history|test|render|status|components|cache)")) {
                assertThat(role).as(name).isNotEqualTo(Role.VIEWER);
              }
            });
  }
}
