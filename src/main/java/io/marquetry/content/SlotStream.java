package io.marquetry.content;

import java.io.ByteArrayOutputStream;

/**
 * Finds the slots of a page of somebody else's while it passes by in pieces.
 *
 * <p>The same slots as {@link PageTemplate} finds: {@code <mq-slot component="key">…</mq-slot>}
 * where HTML sees a tag, and ESI includes of {@code /mq/components/key}. Every other byte is passed
 * on as it came, by reference, as soon as it is known not to belong to a slot; only a slot is held
 * until its end has come. What a page of our own would be refused for is no slot here: nested,
 * unnamed, unclosed or longer than {@link #LONGEST}, it passes like all the rest.
 *
 * <p>Not thread-safe. One for each page.
 */
public final class SlotStream implements ByteTokenizer.Handler {
  /** The longest slot with everything in it, in bytes. */
  public static final int LONGEST = 256 * 1024;

  /** Takes the page in order. */
  public interface Out {
    /** Takes bytes as they came. */
    void pass(byte[] bytes, int offset, int length);

    /** Takes a slot; its default markup is in the encoding of the page. */
    void slot(Slot slot);
  }

  private final Out out;
  private final ByteTokenizer tokenizer = new ByteTokenizer(this);
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private byte[] chunk = new byte[0];

  /** Everything before this offset of the chunk was passed on. */
  private int passed;

  /**
   * Where in the chunk the tag under way, or the slot, began; 0 where that was in an earlier one.
   */
  private int start;

  private boolean open;
  private boolean nested;
  private boolean abandoned;

  /** Where in the slot its start tag ended, and where the last tag in it began. */
  private int markupStart;

  private int markupEnd;

  public SlotStream(Out out) {
    this.out = out;
  }

  /** Takes the next piece; the array must not change afterwards. */
  public void feed(byte[] piece) {
    chunk = piece;
    passed = 0;
    start = 0;
    tokenizer.feed(piece);
    if (open || (tokenizer.holding() && !abandoned)) {
      hold();
    } else {
      pass(piece.length);
    }
  }

  /** Passes on what was held for an end that never came. */
  public void end() {
    release();
    open = false;
  }

  private void hold() {
    if (held.size() == 0) {
      passChunk(start);
    }
    held.write(chunk, passed, chunk.length - passed);
    if (held.size() > LONGEST) {
      release();
      open = false;
      abandoned = true;
    }
  }

  private void release() {
    if (held.size() > 0) {
      var bytes = held.toByteArray();
      held.reset();
      out.pass(bytes, 0, bytes.length);
    }
  }

  private void pass(int end) {
    release();
    passChunk(end);
  }

  private void passChunk(int end) {
    if (end > passed) {
      out.pass(chunk, passed, end - passed);
      passed = end;
    }
  }

  @Override
  public void opens(int at) {
    if (!open) {
      release();
      start = at;
      abandoned = false;
    } else {
      markupEnd = offset(at);
    }
  }

  @Override
  public void startTag(String name, int end, boolean selfClosing) {
    if (abandoned) {
      return;
    }
    if (name.equals("mq-slot")) {
      nested = open;
      markupStart = offset(end);
      markupEnd = markupStart;
      open = true;
      if (selfClosing && !nested) {
        complete(end);
      }
    } else if (name.equals("esi:include") && !open) {
      markupStart = offset(end);
      markupEnd = markupStart;
      complete(end);
    }
  }

  @Override
  public void endTag(String name, int end) {
    if (open && name.equals("mq-slot")) {
      complete(end);
    }
  }

  /** Where a place in the chunk is in the slot under way. */
  private int offset(int at) {
    return held.size() == 0 ? at - start : held.size() + at;
  }

  /** What began at {@code start}, or is held, ends here. */
  private void complete(int end) {
    open = false;
    if (held.size() == 0) {
      passChunk(start);
    }
    held.write(chunk, passed, end - passed);
    passed = end;
    var slot = nested ? null : Slot.parse(held.toByteArray(), markupStart, markupEnd);
    nested = false;
    if (slot == null) {
      release();
    } else {
      held.reset();
      out.slot(slot);
    }
  }
}
