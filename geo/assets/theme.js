/* Colours of the map, light and dark: the only place that names them. The canvas reads them
   from here, the style sheet through the custom properties that `dress` sets. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const FONT = 'Plex, "IBM Plex Sans Arabic", system-ui, "Segoe UI", "Noto Sans Arabic", Tahoma, sans-serif';

  const LIGHT = {
    paper: "#ffffff", ink: "#1d2b36", muted: "#5c6770", line: "#d5d9db", hover: "#eef1f2", accent: "#d81b72",
    halo: "rgba(255,255,255,0.9)", centre: "#1d2b36", contradiction: "#c2410c",
    outside: "#e4e7e6", outsideClear: "rgba(228,231,230,0)", land: "#e9e8e3", home: "#f6f4ee", relief: 0.5,
    water: "#c3d6e0", shore: "#9db8c6", river: "#a4c0ce", abroad: "rgba(120,120,112,0.28)",
    inner: "#9a978e", innerHalo: "rgba(255,255,255,0.5)", national: "#6b6a66", nationalHalo: "rgba(255,255,255,0.55)",
    governorateName: "#6a675f", countryName: "#8b887f",
    disputed: "#7a3fa0", areaFill: "rgba(40,56,68,0.055)", areaLine: "rgba(40,56,68,0.42)", softFill: "rgba(255,255,255,0.82)",
    density: [[253, 205, 139, 150], [240, 138, 66, 205], [198, 72, 26, 230], [128, 24, 30, 245], [66, 8, 42, 255]],
  };
  const DARK = {
    paper: "#171c21", ink: "#eef2f4", muted: "#a3adb5", line: "#3a434b", hover: "#262d34", accent: "#ff5fa8",
    halo: "rgba(18,22,26,0.9)", centre: "#ffffff", contradiction: "#ff8a4c",
    outside: "#13171b", outsideClear: "rgba(19,23,27,0)", land: "#1b2025", home: "#262c32", relief: 0.42,
    water: "#0e2230", shore: "#28465a", river: "#2a4c61", abroad: "rgba(170,180,188,0.16)",
    inner: "#59636b", innerHalo: "rgba(10,12,14,0.5)", national: "#96a0a7", nationalHalo: "rgba(10,12,14,0.6)",
    governorateName: "#9aa4ab", countryName: "#707a82",
    disputed: "#c79bea", areaFill: "rgba(230,240,248,0.06)", areaLine: "rgba(225,235,242,0.42)", softFill: "rgba(23,28,33,0.82)",
    density: [[92, 52, 24, 170], [168, 78, 24, 215], [236, 128, 44, 235], [255, 190, 96, 250], [255, 244, 208, 255]],
  };

  /* The look of one theme; `rtl` is the direction of the words written on the canvas. */
  function of(name, rtl) {
    const dark = name === "dark";
    const colours = dark ? DARK : LIGHT;
    return { ...colours, name, dark, rtl, font: FONT, density: parts.marks.ramp(colours.density) };
  }

  /* Take the colours that all pictures share from where they are defined, geo/marks.py. */
  function learn(theme, colours) {
    if (!colours) return;
    theme.centre = theme.dark ? colours.centre_dark : colours.centre;
    if (!theme.dark) theme.contradiction = colours.contradiction;
    theme.disputed = (theme.dark ? colours.disputed_dark : colours.disputed) || theme.disputed;
  }

  function dress(node, theme) {
    node.dataset.theme = theme.name;
    for (const key of ["paper", "ink", "muted", "line", "hover", "accent", "outside", "contradiction", "font"]) {
      node.style.setProperty(`--tq-${key}`, theme[key]);
    }
  }

  Object.assign(parts, { theme: { of, learn, dress } });
})(window);
