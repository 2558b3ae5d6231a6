/* Huiyin's contact block for a shop's own pages, one tag:

     <script src="https://help.example/static/portal/contact-block.js" data-token="{signed order link}" async></script>

   It stands where the tag stands, in a shadow root, so that neither page's styles touch the other's. `data-token`, made
   by the shop for its own buyer, leads straight to the order; without it the buyer is asked for one number. */

(() => {
  const tag = document.currentScript;
  const home = tag.dataset.huiyin ?? new URL(tag.src).origin;
  const STYLE = `
    :host { all: initial; display: block; max-width: 26rem; color-scheme: light dark; }
    section { border: 1px solid light-dark(#e4e1da, #3b3733); border-radius: 16px; padding: 16px; background: light-dark(#fff, #24221f);
      color: light-dark(#1d2529, #ece8e1); font: 15px/1.6 "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif; }
    b { display: block; font-size: 17px; font-weight: 600; }
    a { color: light-dark(#0e6f68, #62c6bc); text-underline-offset: 3px; }
    a.go { display: block; margin: 12px 0; padding: 11px; border-radius: 10px; text-align: center; text-decoration: none; font-weight: 600;
      background: light-dark(#0e6f68, #62c6bc); color: light-dark(#fff, #0b2422); }
    a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
    p { margin: 0; font-size: 13px; color: light-dark(#5b676e, #aba49a); }`;

  const make = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text }, attributes);

  function draw(root, facts) {
    const section = make("section", "");
    const { words } = facts;
    const link = tag.dataset.token ? `${home}/o#${encodeURIComponent(tag.dataset.token)}` : `${home}/`;
    const line = make("p", "");
    if (facts.hotline) line.append(make("a", `${words.call} ${facts.hotline}`, { href: `tel:${facts.hotline}` }), " · ");
    line.append(`${facts.wait} · ${words.hours}: ${facts.hours}`);
    const person = make("p", "");
    person.append(make("a", words.person, { href: `${home}/chat` }));
    if (facts.chat?.words) person.append(` · ${facts.chat.words}`);
    section.append(make("b", words.title), make("a", words.find, { href: link, className: "go" }), line, person);
    root.replaceChildren(section);
  }

  async function show() {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    tag.after(host);
    const plain = { words: { title: "付了钱没收到？", find: "先找到这笔订单", person: "找人工", call: "打电话", hours: "时间" }, wait: "", hours: "" };
    try {
      draw(root, await (await fetch(`${home}/contact.json`)).json());
    } catch { // we cannot be reached just now: the way in still stands
      draw(root, plain);
    }
  }

  show();
})();
