/* Today's curve: <hy-curve for="quarters" promise promised> draws the table with that id, whose rows are quarter-
   hours. Bars: answered, gave up, otherwise; line: mean wait. The table stays the truth: it changes, this is drawn again. */

const QUARTERS = 96;
const MIDNIGHT_TO_MIDNIGHT = Array.from({ length: QUARTERS }, (_, at) =>
  `${String(Math.floor(at / 4)).padStart(2, "0")}:${String((at % 4) * 15).padStart(2, "0")}`);

customElements.define("hy-curve", class extends HTMLElement {
  connectedCallback() {
    const table = document.getElementById(this.getAttribute("for"));
    if (!window.echarts || !table) return;
    // In a shadow root, which a morph of the page around it leaves alone.
    const surface = document.createElement("div");
    Object.assign(surface.style, { height: "100%", overflow: "hidden" });
    (this.shadowRoot ?? this.attachShadow({ mode: "open" })).replaceChildren(surface);
    this.chart = window.echarts.init(surface);
    this.drawn = null;
    this.sizes = new ResizeObserver(() => this.chart.resize());
    this.sizes.observe(this);
    this.news = new MutationObserver(() => this.draw());
    this.news.observe(table.closest("section"), { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-wait"] });
    this.draw();
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.news?.disconnect();
    this.chart?.dispose();
  }

  draw() {
    const table = document.getElementById(this.getAttribute("for"));
    if (!table || !this.chart) return;
    const rows = [...table.tBodies[0].rows];
    const state = rows.map((row) => row.textContent + row.dataset.wait).join("|");
    if (state === this.drawn) return;
    this.drawn = state;
    const of = (column) => rows.map((row) => Number(row.cells[column].textContent));
    const waits = rows.map((row) => (row.dataset.wait === "" ? null : Number(row.dataset.wait)));
    this.chart.setOption(this.option(of, waits), { notMerge: true });
  }

  option(of, waits) {
    const ink = (name) => getComputedStyle(this).getPropertyValue(name).trim();
    const faint = { color: ink("--ink2"), fontFamily: ink("--font"), fontSize: 13 };
    const axis = { axisLine: { lineStyle: { color: ink("--line") } }, axisTick: { show: false }, axisLabel: faint };
    const lines = { lineStyle: { color: ink("--line") } };
    const upTo = (max, step) => { const wide = step * Math.ceil(max / step / 4); return { type: "value", min: 0, max: wide * Math.max(1, Math.ceil(max / wide)), interval: wide, ...axis }; };
    const bar = (column, color) => ({ type: "bar", stack: "came", data: of(column), itemStyle: { color: ink(color) }, barCategoryGap: "20%" });
    const promise = Number(this.getAttribute("promise"));
    const most = Math.max(...of(1), 4), longest = Math.max(...waits, promise * 1.5);
    return {
      animation: false,
      grid: { left: 40, right: 52, top: 16, bottom: 26 },
      xAxis: { type: "category", data: MIDNIGHT_TO_MIDNIGHT, ...axis, axisLabel: { ...faint, hideOverlap: true, interval: (at) => at % 8 === 0 } },
      yAxis: [{ ...upTo(most, 1), splitLine: lines }, { ...upTo(longest, promise / 2), splitLine: { show: false } }],
      series: [
        bar(2, "--teal"), bar(3, "--red"), bar(4, "--quiet-bar"),
        { type: "line", yAxisIndex: 1, data: waits, symbol: "circle", symbolSize: 5, lineStyle: { color: ink("--amber"), width: 3 }, itemStyle: { color: ink("--amber") } },
        { type: "line", yAxisIndex: 1, silent: true, symbol: "none", data: Array(QUARTERS).fill(promise), endLabel: { show: true, formatter: this.getAttribute("promised"), align: "right", offset: [-6, -10], ...faint }, lineStyle: { color: ink("--ink2"), width: 1, type: "dashed" } },
      ],
    };
  }
});
