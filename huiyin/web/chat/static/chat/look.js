/* How it looks: the tokens of every face and our own sheet, as constructed style sheets, which no page's rules
   (Content-Security-Policy) forbid and no page's styles reach. */

import { own, tokens } from "./styles.js";

/* An element in a shadow root of `host` that holds `children`; `theme` light or dark stays so, else the system's. */
export function dressed(host, theme, ...children) {
  const here = tokens.replaceAll(":root", ".hy");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [theme === "dark" ? here.replace("(prefers-color-scheme: dark)", "all") : here, own].map((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  });
  const inside = document.createElement("div");
  inside.className = "hy";
  if (theme === "light") inside.dataset.bsTheme = "light";
  inside.append(...children);
  root.append(inside);
  return inside;
}
