/** The page's style sheet: system fonts, no outside assets, light and dark by the system. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --page: #f3f5f7; --card: #ffffff; --edge: #dde2e8; --ink: #17202b; --soft: #56616e;
  --accent: #1d4ed8; --ok: #15803d; --degraded: #b45309; --failed: #c81e1e; --unknown: #6b7480;
  --ok-wash: #e8f5ec; --degraded-wash: #fdf3e1; --failed-wash: #fdeaea; --unknown-wash: #eef0f3;
  --gap: 12px; --round: 10px;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1116; --card: #161c23; --edge: #29313b; --ink: #e8edf2; --soft: #9aa5b1;
    --accent: #8ab4ff; --ok: #4ade80; --degraded: #fbbf24; --failed: #ff8080; --unknown: #9aa5b1;
    --ok-wash: #12291c; --degraded-wash: #33270d; --failed-wash: #3d1719; --unknown-wash: #20272f;
  }
}
* { box-sizing: border-box; }
html, body { margin: 0; height: 100%; }
body {
  background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
[hidden] { display: none !important; }
#app { min-height: 100%; display: flex; flex-direction: column; }
noscript { display: block; padding: 24px; }

header {
  display: flex; align-items: center; gap: 10px; padding: 8px 16px; min-height: 52px;
  background: var(--card); border-bottom: 1px solid var(--edge);
}
header img { width: 26px; height: 26px; flex: none; }
h1 { font-size: 16px; font-weight: 650; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.gap { flex: 1; }
header time { color: var(--soft); }
.mode, .link {
  font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 99px; white-space: nowrap;
  background: var(--unknown-wash); color: var(--unknown);
}
.mode.demo, .mode.bench { background: var(--degraded-wash); color: var(--degraded); }
.mode.live { background: var(--ok-wash); color: var(--ok); }
.link::before { content: ""; display: inline-block; width: 7px; height: 7px; border-radius: 50%;
  background: currentColor; margin-right: 6px; vertical-align: 1px; }
.link.live { background: var(--ok-wash); color: var(--ok); }
.link.stale, .link.lost { background: var(--failed-wash); color: var(--failed); }

button.plain {
  font: inherit; font-size: 13px; color: var(--ink); background: var(--card); cursor: pointer;
  border: 1px solid var(--edge); border-radius: 8px; padding: 5px 11px; min-height: 32px; white-space: nowrap;
}
button.plain:hover { border-color: var(--accent); }
button.plain[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--page); }
button.square { width: 34px; padding: 0; font-size: 17px; line-height: 1; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
canvas:focus-visible { outline-offset: -3px; }

.banner { margin: 0; padding: 9px 16px; font-weight: 600; overflow-wrap: anywhere; }
.banner.lost { background: #b91c1c; color: #ffffff; }
.banner.gate.failed { background: #b91c1c; color: #ffffff; }
.banner.gate.degraded { background: var(--degraded-wash); color: var(--degraded); }
.banner.lost + .banner.gate { border-top: 1px solid rgba(255, 255, 255, 0.35); }
.banner.demo { background: var(--degraded-wash); color: var(--degraded); font-weight: 500; font-size: 13px; padding-block: 6px; }

main { flex: 1; display: grid; grid-template-columns: minmax(0, 1fr) 408px; min-height: 0; }
.stage { position: relative; min-width: 0; min-height: 0; overflow: hidden; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; touch-action: none; cursor: grab; }
canvas:active { cursor: grabbing; }
canvas.over-user { cursor: pointer; }
main.not-live canvas { filter: grayscale(1) opacity(0.45); }
main.not-live aside, main.not-live .card { filter: grayscale(1); opacity: 0.5; }

.tools { position: absolute; right: 12px; bottom: 12px; display: flex; gap: 6px; flex-wrap: wrap; justify-content: flex-end; }
.legend {
  position: absolute; left: 12px; bottom: 12px; margin: 0; padding: 7px 12px; list-style: none;
  display: flex; flex-wrap: wrap; gap: 3px 14px; max-width: calc(100% - 420px); font-size: 12px;
  background: var(--card); border: 1px solid var(--edge); border-radius: var(--round); color: var(--soft);
}
.legend i, .card h2 i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
.card {
  position: absolute; left: 12px; top: 12px; width: 270px; max-width: calc(100% - 24px); padding: 12px 14px;
  background: var(--card); border: 1px solid var(--edge); border-radius: var(--round);
  box-shadow: 0 4px 18px rgba(0, 0, 0, 0.12); pointer-events: none;
}
.card h2 { margin: 0 0 6px; font-size: 14px; }
.card dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 0; font-size: 13px; }
.card dt { color: var(--soft); }
.card dd { margin: 0; text-align: right; overflow-wrap: anywhere; }

aside {
  overflow-y: auto; padding: var(--gap); border-left: 1px solid var(--edge);
  display: flex; flex-direction: column; gap: var(--gap);
}
.panel { flex: none; background: var(--card); border: 1px solid var(--edge); border-radius: var(--round); }
summary {
  display: flex; align-items: center; gap: 8px; padding: 10px 14px; cursor: pointer; list-style: none;
  min-height: 42px; border-radius: var(--round);
}
summary::-webkit-details-marker { display: none; }
summary::after { content: ""; width: 7px; height: 7px; border: solid var(--soft); border-width: 0 1.5px 1.5px 0;
  transform: rotate(45deg) translate(-2px, -2px); flex: none; }
details[open] > summary::after { transform: rotate(225deg) translate(-1px, -1px); }
.title { font-weight: 650; flex: 1; }
.brief { color: var(--soft); font-size: 13px; }
.body { padding: 0 14px 12px; }
h3 { font-size: 12px; color: var(--soft); font-weight: 600; margin: 10px 0 2px; }

.capabilities { list-style: none; margin: 0; padding: 0; display: grid; gap: 6px; }
.capabilities li {
  display: grid; grid-template-columns: 1fr auto; gap: 0 10px; padding: 6px 10px; border-radius: 8px;
  border-left: 3px solid currentColor; background: var(--unknown-wash); color: var(--unknown);
}
.capabilities li.ok { background: var(--ok-wash); color: var(--ok); }
.capabilities li.degraded { background: var(--degraded-wash); color: var(--degraded); }
.capabilities li.failed { background: var(--failed-wash); color: var(--failed); }
.capabilities b { color: var(--ink); font-weight: 600; }
.capabilities .level { font-weight: 600; font-size: 13px; }
.capabilities small { grid-column: 1 / -1; color: var(--ink); opacity: 0.8; overflow-wrap: anywhere; }
.capabilities small:empty { display: none; }

table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { color: var(--soft); font-weight: 500; font-size: 12px; text-align: left; padding: 2px 8px 4px 0; vertical-align: bottom; }
td { padding: 5px 8px 5px 0; border-top: 1px solid var(--edge); vertical-align: top; overflow-wrap: anywhere; }
table:not(:has(th)) tr:first-child td { border-top: 0; }
td:last-child, th:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
td small { display: block; color: var(--soft); font-size: 12px; white-space: pre-line; }
td small:empty, th small:empty { display: none; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 8px; background: var(--unknown); }
.dot.ok { background: var(--ok); }
.dot.degraded { background: var(--degraded); border-radius: 2px; }
.dot.failed { background: var(--failed); border-radius: 0; transform: rotate(45deg) scale(0.9); }
.none { display: none; }
.empty { margin: 0; color: var(--soft); font-size: 13px; }

@media (min-width: 900px) {
  #app { height: 100vh; }
}
@media (max-width: 899px) {
  header { padding: 6px 12px; gap: 8px; position: sticky; top: 0; z-index: 2; }
  header time { display: none; }
  .banner { padding-inline: 12px; font-size: 13px; }
  main { display: block; }
  .stage { height: 56vh; height: 56svh; min-height: 300px; border-bottom: 1px solid var(--edge); }
  .legend { position: absolute; padding: 4px 8px; gap: 1px 9px; font-size: 11px; bottom: 8px; left: 8px; max-width: calc(100% - 16px); border: 0; opacity: 0.92; }
  .legend i { width: 8px; height: 8px; margin-right: 4px; }
  .tools { bottom: auto; top: 8px; right: 8px; gap: 4px; }
  .card { top: auto; bottom: 40px; left: 8px; width: 240px; padding: 8px 12px; }
  .card dl { font-size: 12px; }
  aside { border-left: 0; overflow: visible; padding: 10px; }
  summary { min-height: 46px; }
}
@media (max-width: 480px) {
  /* The banner under it says the same in words. */
  .mode.demo, .mode.bench { display: none; }
  .link { padding-inline: 7px; }
  .tools .plain { font-size: 12px; padding-inline: 8px; }
}
`;
