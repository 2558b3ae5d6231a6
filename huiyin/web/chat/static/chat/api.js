/* Talking to the centre. Everything that goes wrong is a Trouble: status 0 means that nothing came back. */

const PATIENCE = 20_000;

export class Trouble extends Error {
  constructor(status, problem = {}, retryAfter = 0) {
    super(problem.detail || problem.title || "");
    this.status = status;
    this.code = problem.code ?? "";
    this.says = problem.detail || problem.title || "";
    this.retryAfter = retryAfter;
  }

  /* Whether the same thing may work a little later. */
  get passes() { return [0, 408, 425, 429].includes(this.status) || this.status >= 500; }
}

const problemOf = (text) => { try { return JSON.parse(text) ?? {}; } catch { return {}; } };

export class Api {
  constructor(home, language) {
    this.base = `${home}/api/v1/conversations`;
    this.language = language;
    this.token = "";
  }

  get headers() {
    const own = { "Accept-Language": this.language };
    return this.token ? { ...own, Authorization: `Bearer ${this.token}` } : own;
  }

  /* A request; gives the answer's JSON, or its blob with `as: "blob"`. Throws Trouble. */
  async call(method, path, body, { as = "json", patience = PATIENCE } = {}) {
    const headers = body === undefined ? this.headers : { ...this.headers, "Content-Type": "application/json" };
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(patience),
        credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
      });
      if (answer.ok) return answer.status === 204 ? null : await answer[as]();
    } catch {
      throw new Trouble(0);
    }
    const problem = problemOf(await answer.text().catch(() => ""));
    throw new Trouble(answer.status, problem, Number(answer.headers.get("Retry-After")) || problem.retry_after || 0);
  }

  /* The stream of events after `seq`; a Response to be read. Throws Trouble. */
  async stream(id, seq, signal) {
    const headers = { ...this.headers, Accept: "text/event-stream", ...(seq ? { "Last-Event-ID": String(seq) } : {}) };
    const options = { headers, signal, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
    const answer = await fetch(`${this.base}/${id}/events`, options).catch(() => { throw new Trouble(0); });
    if (!answer.ok) throw new Trouble(answer.status, {}, Number(answer.headers.get("Retry-After")) || 0);
    return answer;
  }

  /* A file with its progress (0–1). Only XMLHttpRequest tells how much has gone up. */
  upload(path, fields, progress) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    return new Promise((done, fail) => {
      const call = new XMLHttpRequest();
      call.open("POST", this.base + path);
      for (const [name, value] of Object.entries(this.headers)) call.setRequestHeader(name, value);
      call.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
      call.onloadend = () => {
        if (call.status >= 200 && call.status < 300) return done(problemOf(call.responseText));
        return fail(new Trouble(call.status, problemOf(call.responseText), Number(call.getResponseHeader("Retry-After")) || 0));
      };
      call.send(body);
    });
  }
}
