/* The look of the map in one theme: the colours of palette.js as the canvas wants them, and these,
   its sizes of type and its spaces as custom properties for the style sheet. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const WORN = ["paper", "ink", "muted", "rule", "hover", "primary", "choice", "outside", "warning", "font"];

  /* Red, green, blue and opacity, 0 to 255, of "#rrggbbaa". */
  const channels = (hex) => [1, 3, 5, 7].map((at) => parseInt(hex.slice(at, at + 2) || "ff", 16));

  /* `rtl` is the direction of the words written on the canvas. */
  function of(name, rtl) {
    const colours = parts.palette[name === "dark" ? "dark" : "light"];
    return {
      ...colours, name, dark: name === "dark", rtl, font: parts.palette.font,
      outsideClear: `${colours.outside.slice(0, 7)}00`, density: parts.marks.ramp(colours.density.map(channels)),
    };
  }

  function dress(node, theme) {
    node.dataset.theme = theme.name;
    for (const key of WORN) node.style.setProperty(`--tq-${key}`, theme[key]);
    for (const kind of ["type", "space"]) {
      for (const [step, size] of Object.entries(parts.palette[kind])) node.style.setProperty(`--tq-${kind}-${step}`, size);
    }
    for (const kind of ["type", "space"]) {
      for (const [step, size] of Object.entries(parts.palette[kind])) node.style.setProperty(`--tq-${kind}-${step}`, size);
    }
  }

  Object.assign(parts, { theme: { of, dress } });
})(window);
