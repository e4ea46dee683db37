package io.marquetry.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.console.core.Permissions;
import io.marquetry.console.core.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may do what, and who is let in at all. */
class UserOperationsTest {
  @RegisterExtension static final OperatedConsole CONSOLE = new OperatedConsole();

  @Test
  void users_rolesAndPasswords_takeEffectAtOnce() {
    CONSOLE.ok("users.put", "{'name':'vera','password':'something long','roles':['viewer']}");
    var vera = CONSOLE.rig.token("vera", "something long");
    for (var operation : Permissions.ALL.entrySet()) {
      if (operation.getValue() != Role.VIEWER) {
        var answer = CONSOLE.rig.call(vera, operation.getKey(), "{}");
        assertThat(answer.status()).as(operation.getKey()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("forbidden");
      }
    }
    assertThat(CONSOLE.rig.call(vera, "sites.list", "{}").status()).isEqualTo(200);
    CONSOLE.ok("users.put", "{'name':'vera','roles':['viewer','marketer']}");
    assertThat(CONSOLE.rig.call(vera, "segments.put", "{}").status()).isEqualTo(422);
    CONSOLE.ok("users.put", "{'name':'vera','roles':['viewer']}");
    assertThat(CONSOLE.rig.call(vera, "sites.list", "{}").status()).isEqualTo(401);
    assertThat(CONSOLE.ok("users.list", "{}").toString()).contains("vera").doesNotContain("argon2");
    var trail = CONSOLE.ok("audit.query", "{'target':'vera'}").toString();
    assertThat(trail).contains("users.put").doesNotContain("argon2").doesNotContain("something");
  }

  @Test
  void users_disabledOrDeleted_areOutAtOnce() {
    CONSOLE.ok("users.put", "{'name':'dan','password':'something long','roles':['viewer']}");
    var dan = CONSOLE.rig.token("dan", "something long");
    CONSOLE.ok("users.put", "{'name':'dan','disabled':true}");
    assertThat(CONSOLE.rig.call(dan, "sites.list", "{}").status()).isEqualTo(401);
    assertThat(CONSOLE.rig.login("dan", "something long").status()).isEqualTo(401);
    CONSOLE.ok("users.put", "{'name':'dan','disabled':false}");
    dan = CONSOLE.rig.token("dan", "something long");
    CONSOLE.ok("users.delete", "{'name':'dan'}");
    assertThat(CONSOLE.rig.call(dan, "sites.list", "{}").status()).isEqualTo(401);
    CONSOLE.assertRefused("users.delete", "{'name':'dan'}", 404, "dan");
  }

  @Test
  void users_wrongOnes_areRefused() {
    var roles = "'password':'something long','roles':";
    CONSOLE.assertRefused("users.put", "{'name':'a b'," + roles + "['viewer']}", 422, "name");
    CONSOLE.assertRefused("users.put", "{'name':'demo'," + roles + "['viewer']}", 422, "name");
    CONSOLE.assertRefused(
        "users.put", "{'name':'x'," + roles + "['root']}", 422, "there is no role root");
    CONSOLE.assertRefused("users.put", "{'name':'x'," + roles + "[]}", 422, "at least one role");
    CONSOLE.assertRefused("users.put", "{'name':'x','roles':['viewer']}", 422, "password");
    CONSOLE.assertRefused(
        "users.put", "{'name':'x','password':'short','roles':['viewer']}", 422, "10");
  }

  @Test
  void users_lastAdmin_cannotGo() {
    CONSOLE.assertRefused("users.delete", "{'name':'admin'}", 409, "somebody has to stay");
    CONSOLE.assertRefused(
        "users.put", "{'name':'admin','disabled':true}", 409, "somebody has to stay");
    CONSOLE.assertRefused(
        "users.put", "{'name':'admin','roles':['viewer']}", 409, "somebody has to stay");
  }
}
