package io.marquetry.platform;

import java.util.Arrays;

/**
 * The installation's own keys, 32 bytes each; made at first start and kept with the data.
 *
 * @param ids derives the keys of visitors and messages; changing it forgets every visitor
 * @param cookies signs the visitor cookie and links
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record Secrets(byte[] ids, byte[] cookies) {
  public Secrets {
    ids = Arrays.copyOf(ids, ids.length);
    cookies = Arrays.copyOf(cookies, cookies.length);
  }

  @Override
  public byte[] ids() {
    return Arrays.copyOf(ids, ids.length);
  }

  @Override
  public byte[] cookies() {
    return Arrays.copyOf(cookies, cookies.length);
  }

  @Override
  public String toString() {
    return "Secrets[hidden]";
  }
}
