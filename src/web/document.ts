/** The page's frame. Everything in it is filled by modules; no script or style stands inline. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>Lukou</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
<script type="module" src="/page/main.js"></script>
</head>
<body>
<div id="app"></div>
<noscript>Lukou: this view needs JavaScript. 此页面需要启用 JavaScript。</noscript>
</body>
</html>
`;

/** A junction with a lamp. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1d4ed8"/>
<path d="M13 4h6v9h9v6h-9v9h-6v-9H4v-6h9z" fill="#dbeafe"/>
<circle cx="16" cy="16" r="3.2" fill="#16a34a"/>
</svg>
`;
