/* What has been said, by seq, each message once however it came: answer, stream, another tab, catching up. */

export class History {
  list = [];
  /* Nothing is missing up to here. What came as the answer to words of one's own may lie behind a gap: while the stream
     was away, somebody may have said something that came before it. */
  whole = 0;

  get last() { return this.list.at(-1)?.seq ?? 0; }

  /* How many from the other side came after `seq`. */
  after(seq) { return this.list.filter((message) => message.author !== "buyer" && message.seq > seq).length; }

  /* Puts it in its place; whether it was new. */
  take(message) {
    const at = this.list.findLastIndex(({ seq }) => seq <= message.seq);
    if (this.list[at]?.seq === message.seq) {
      this.list[at] = message;
      return false;
    }
    this.list.splice(at + 1, 0, message);
    return true;
  }

  /* Said in the order of numbers, as the stream and the centre's list say it: leaves no gap. */
  follow(message) {
    this.whole = Math.max(this.whole, message.seq);
    return this.take(message);
  }
}
