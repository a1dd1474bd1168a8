/** The page's style sheet: system fonts, no outside assets, light and dark by the system. */
export const stylesheet = `
body { margin: 0; font-family: system-ui, sans-serif; }
`;
