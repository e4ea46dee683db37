package io.marquetry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A console among its neighbours, called by an administrator's script over HTTP. It stands for a
 * class of tests, which use keys of their own.
 */
final class OperatedConsole implements BeforeAllCallback, AfterAllCallback {
  final ConsoleRig rig =
      new ConsoleRig(
          TestPostgres.freshDatabase(), ConsoleRig.PASSWORD, ConsoleNeighbours.INSTANCES);
  final ConsoleNeighbours neighbours = new ConsoleNeighbours(rig.rig.bus);
  private String token = "";

  @Override
  public void beforeAll(ExtensionContext tests) {
    rig.start();
    token = rig.adminToken();
    neighbours.confirmDefinitions();
    ok("sites.put", "{'key':'demo','identify':'trusted'}");
    ok(
        "components.put",
        "{'key':'hero','fields':[{'key':'t','type':'text'}],'template':'<b>{{t}}</b>'}");
    neighbours.serve();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    rig.close();
  }

  Map<String, Object> ok(String operation, String body) {
    return rig.ok(token, operation, body);
  }

  ConsoleRig.Answer call(String operation, String body) {
    return rig.call(token, operation, body);
  }

  void assertRefused(String operation, String body, int status, String text) {
    var answer = call(operation, body);
    assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
    assertThat(answer.body().toString()).contains(text);
  }

  /** The header that names the administrator. */
  String[] bearer() {
    return new String[] {"Authorization", "Bearer " + token};
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Map<String, Object> answer, String field) {
    return (List<Object>) Objects.requireNonNull(answer.get(field));
  }
}
