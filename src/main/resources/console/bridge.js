// The event-bus bridge over one plain WebSocket: the JSON frames of the Vert.x bridge protocol.

const PING_MILLIS = 5000;
const ANSWER_MILLIS = 35000;
const FIRST_PAUSE_MILLIS = 500;
const LONGEST_PAUSE_MILLIS = 15000;

export class Bridge {
  #address;
  #greeting;
  #socket = null;
  #ping = 0;
  #pause = FIRST_PAUSE_MILLIS;
  #again = 0;
  #listeners = new Map();
  #waiting = new Map();
  #wanted = false;

  /**
   * @param greeting an operation to ask first, to know that the other side listens
   * @param onState called with "on", "lost" or "off"
   */
  constructor(address, greeting, onState) {
    this.#address = address;
    this.#greeting = greeting;
    this.onState = onState;
  }

  /** Stays open until close(), coming back by itself with growing pauses. */
  open() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#again);
    this.#socket?.close();
    this.onState("off");
  }

  /** Calls listener with the body of everything published at an address. */
  listen(address, listener) {
    this.#listeners.set(address, listener);
    this.#send({ type: "register", address });
  }

  /** Asks an operation; rejects with an Error that has a code. */
  ask(address, body = {}) {
    const replyAddress = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(replyAddress, null), ANSWER_MILLIS);
      this.#waiting.set(replyAddress, { resolve, reject, timer });
      if (!this.#send({ type: "send", address, body, headers: {}, replyAddress })) {
        this.#settle(replyAddress, null);
      }
    });
  }

  #connect() {
    const socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (message) => this.#take(message.data);
    socket.onclose = (event) => this.#closed(event);
  }

  #opened() {
    this.#pause = FIRST_PAUSE_MILLIS;
    this.#send({ type: "ping" });
    this.#ping = setInterval(() => this.#send({ type: "ping" }), PING_MILLIS);
    for (const address of this.#listeners.keys()) this.#send({ type: "register", address });
    // Frames are taken in order: whatever this answers, the listeners are registered by then.
    const taken = () => this.#socket?.readyState === WebSocket.OPEN && this.onState("on");
    this.ask(this.#greeting).then(taken, taken);
  }

  #closed(event) {
    clearInterval(this.#ping);
    for (const address of [...this.#waiting.keys()]) this.#settle(address, null);
    if (!this.#wanted) return;
    this.onState("lost", event.code);
    if (!this.#wanted) return;
    this.#again = setTimeout(() => this.#connect(), this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MILLIS);
  }

  #take(data) {
    const frame = JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data));
    if (this.#waiting.has(frame.address)) {
      this.#settle(frame.address, frame);
    } else if (frame.type === "rec") {
      this.#listeners.get(frame.address)?.(frame.body);
    }
  }

  #settle(address, frame) {
    const { resolve, reject, timer } = this.#waiting.get(address) ?? {};
    if (!resolve) return;
    clearTimeout(timer);
    this.#waiting.delete(address);
    if (frame?.type === "rec" && !frame.body?.error) {
      resolve(frame.body);
    } else {
      const error = frame?.body?.error ?? { code: "unavailable", message: frame?.message ?? "no answer" };
      reject(Object.assign(new Error(error.message), error));
    }
  }

  #send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }
}
