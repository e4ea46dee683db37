package io.marquetry.ingest;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Fault;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.ingest.Beacon.Choice;
import io.marquetry.ingest.Intake.Taken;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a beacon in which visitors change what they allow: what comes before a change is judged
 * by what held then, the event that tells of it and what follows by what holds from there. So a
 * visitor who has just agreed is known from that event on and not before, and one who has just
 * refused is not even known for saying so.
 *
 * <p>A choice concerns the devices that the event names, and its person where the claim is trusted.
 * Told late, it does not outweigh one that was made after it.
 */
final class ConsentTurns {
  private static final String SOURCE = "segment";

  private final Bus bus;
  private final Beacon beacon;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private @Nullable Purposes purposes;

  ConsentTurns(Bus bus, Beacon beacon) {
    this.bus = bus;
    this.beacon = beacon;
  }

  /** Goes from change to change; fails with {@code Refused} where a step does. */
  Future<Taken> take() {
    var turn = Future.<Void>succeededFuture();
    int from = 0;
    for (var choice : beacon.choices()) {
      int begin = from;
      turn = turn.compose(before -> accept(begin, choice.index())).compose(done -> set(choice));
      from = choice.index();
    }
    int begin = from;
    return turn.compose(before -> accept(begin, beacon.size()))
        .map(done -> new Taken(new Accepted(verdicts, faults), purposes));
  }

  private Future<Void> accept(int from, int to) {
    var part = beacon.part(from, to);
    if (part.events().isEmpty() && part.rejected().isEmpty()) {
      return Future.succeededFuture();
    }
    return bus.ask(Addresses.ACCEPT, part).onSuccess(accepted -> note(from, accepted)).mapEmpty();
  }

  private void note(int from, Accepted accepted) {
    verdicts.addAll(accepted.verdicts());
    for (var fault : accepted.faults()) {
      faults.add(new Fault(from + fault.index(), fault.code(), fault.detail()));
    }
  }

  /** Asks once for each device, so that each is found with whoever it belongs to. */
  private Future<Void> set(Choice choice) {
    var subject = choice.event().subject();
    var devices = new ArrayList<@Nullable Id128>(2);
    devices.add(subject.device());
    devices.add(subject.otherDevice());
    devices.removeIf(Objects::isNull);
    if (devices.isEmpty()) {
      devices.add(null); // of a person who comes without one
    }
    var asked = new ArrayList<Future<ConsentSet>>();
    devices.forEach(device -> asked.add(set(choice, device)));
    return Future.all(asked).onSuccess(all -> learn(all.list())).mapEmpty();
  }

  private Future<ConsentSet> set(Choice choice, @Nullable Id128 device) {
    var event = choice.event();
    return bus.ask(
        Addresses.SET_CONSENT,
        new SetConsent(
            event.site(),
            device,
            event.subject().user(),
            choice.choices(),
            SOURCE,
            true,
            event.at()));
  }

  private void learn(List<ConsentSet> sets) {
    purposes = sets.stream().map(ConsentSet::purposes).reduce(Purposes::and).orElse(purposes);
  }
}
