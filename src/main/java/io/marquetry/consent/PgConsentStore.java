package io.marquetry.consent;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Purposes;
import io.marquetry.consent.core.Receipt;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The receipts in PostgreSQL. */
final class PgConsentStore implements ConsentStore {
  private static final String READ =
      """
      select version, keys, site, purposes, at, source, explicit, salt, subject, hash
      from consent_record where version > $1 order by version limit $2
      """;

  /** Lists of keys differ in length, which arrays of arrays do not allow; so they come as text. */
  private static final String APPEND =
      """
      insert into consent_record
        (version, keys, site, purposes, at, source, explicit, salt, subject, hash)
      select version, keys::uuid[], site, purposes, at, source, explicit, salt, subject, hash
      from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::text[],
                  $7::boolean[], $8::uuid[], $9::bytea[], $10::bytea[])
        as new (version, keys, site, purposes, at, source, explicit, salt, subject, hash)
      """;

  private final Pool pool;

  PgConsentStore(Pool pool) {
    this.pool = pool;
  }

  @Override
  public Future<List<Receipt>> read(long afterVersion, int limit) {
    return pool.preparedQuery(READ)
        .execute(Tuple.of(afterVersion, limit))
        .map(
            rows -> {
              var receipts = new ArrayList<Receipt>(rows.size());
              rows.forEach(row -> receipts.add(receipt(row)));
              return receipts;
            });
  }

  private static Receipt receipt(Row row) {
    var salt = row.getUUID(7);
    var keys = row.getArrayOfUUIDs(1);
    var record =
        new ConsentRecord(
            Arrays.stream(keys).map(PgConsentStore::id).toList(),
            row.getString(2),
            new Purposes(row.getInteger(3)),
            row.getLong(0),
            row.getOffsetDateTime(4).toInstant().toEpochMilli(),
            row.getString(5),
            row.getBoolean(6));
    return new Receipt(
        record, salt == null ? null : id(salt), hex(row.getBuffer(8)), hex(row.getBuffer(9)));
  }

  /** One statement, hence all or none. */
  @Override
  public Future<Void> append(List<Receipt> receipts) {
    int n = receipts.size();
    var versions = new Long[n];
    var keys = new String[n];
    var sites = new String[n];
    var purposes = new Integer[n];
    var times = new OffsetDateTime[n];
    var sources = new String[n];
    var explicit = new Boolean[n];
    var salts = new UUID[n];
    var subjects = new Buffer[n];
    var hashes = new Buffer[n];
    for (int i = 0; i < n; i++) {
      var receipt = receipts.get(i);
      var record = receipt.record();
      var salt = receipt.salt();
      versions[i] = record.version();
      keys[i] = array(record.keys());
      sites[i] = record.site();
      purposes[i] = record.purposes().bits();
      times[i] = Instant.ofEpochMilli(record.at()).atOffset(ZoneOffset.UTC);
      sources[i] = record.source();
      explicit[i] = record.explicit();
      if (salt != null) {
        salts[i] = uuid(salt);
      }
      subjects[i] = bytes(receipt.subject());
      hashes[i] = bytes(receipt.hash());
    }
    var row = Tuple.tuple();
    row.addArrayOfLong(versions).addArrayOfString(keys).addArrayOfString(sites);
    row.addArrayOfInteger(purposes).addArrayOfOffsetDateTime(times).addArrayOfString(sources);
    row.addArrayOfBoolean(explicit).addArrayOfUUID(salts);
    row.addArrayOfBuffer(subjects).addArrayOfBuffer(hashes);
    return pool.preparedQuery(APPEND).execute(row).mapEmpty();
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }

  private static String array(List<Id128> keys) {
    return keys.stream().map(Id128::toString).collect(Collectors.joining(",", "{", "}"));
  }

  private static UUID uuid(Id128 id) {
    return new UUID(id.high(), id.low());
  }

  private static Id128 id(UUID uuid) {
    return new Id128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  private static Buffer bytes(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }

  private static String hex(Buffer bytes) {
    return HexFormat.of().formatHex(bytes.getBytes());
  }
}
