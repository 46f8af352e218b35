/* Many events as a density: cells of 4 pixels, coloured by the logarithm of what lies in them. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const CELL = 4;
  const WIDE = 12; // where data sets are compared, a cell has room for a sign
  const SPARSE = 2500; // so few cells are read better as dots that grow than as squares
  const LEAST = 8; // events of the fullest colour, at the least
  const TABLE = 1024;

  /* Arrays of one grid, kept between paints. */
  function grid(crowd, cols, lines) {
    if (crowd.cols === cols && crowd.lines === lines) {
      crowd.cells.fill(0);
      return crowd;
    }
    const canvas = crowd.canvas || document.createElement("canvas");
    Object.assign(canvas, { width: cols, height: lines });
    const image = new ImageData(cols, lines);
    return Object.assign(crowd, {
      cols, lines, canvas, image, cells: new Uint32Array(cols * lines),
      colours: new Uint32Array(image.data.buffer), levels: crowd.levels || new Uint8Array(TABLE),
    });
  }

  /* Count the events of each cell; cells keep to the world, so that they do not crawl. */
  function count({ scale, ox, oy, width, height }, { columns, hits, crowd }) {
    const shift = { x: ((ox % CELL) + CELL) % CELL, y: ((oy % CELL) + CELL) % CELL };
    const { cols, lines, cells } = grid(crowd, Math.ceil(width / CELL) + 1, Math.ceil(height / CELL) + 1);
    const k = scale / CELL;
    const [dx, dy] = [(columns.x0 * scale - ox + shift.x) / CELL, (columns.y0 * scale - oy + shift.y) / CELL];
    const { x, y, n } = hits;
    for (let i = 0; i < n; i++) {
      const cx = x[i] * k + dx;
      const cy = y[i] * k + dy;
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) cells[(cy | 0) * cols + (cx | 0)]++;
    }
    return shift;
  }

  /* The scale reaches to the fullest cell seen at this zoom, so that a move recolours nothing. */
  function measure(crowd, zoom) {
    const { cells, levels } = crowd;
    if (crowd.key !== String(zoom)) crowd.most = LEAST;
    crowd.key = String(zoom);
    let used = 0;
    for (let i = 0; i < cells.length; i++) {
      if (cells[i] === 0) continue;
      used++;
      if (cells[i] > crowd.most) crowd.most = cells[i];
    }
    const step = 255 / Math.log(1 + crowd.most);
    for (let i = 0; i < TABLE; i++) levels[i] = Math.min(255, Math.log(1 + i) * step);
    return { used, level: (c) => (c < TABLE ? levels[c] : Math.min(255, Math.log(1 + c) * step) | 0) };
  }

  function paint(frame, theme, held) {
    const { crowd } = held;
    const shift = count(frame, held);
    const { used, level } = measure(crowd, frame.zoom);
    if (used > SPARSE) squares(frame.ctx, theme, crowd, shift, level);
    else dots(frame.ctx, theme, crowd, shift, level);
  }

  function squares(ctx, theme, { cols, lines, cells, colours, image, canvas }, shift, level) {
    for (let i = 0; i < cells.length; i++) colours[i] = cells[i] === 0 ? 0 : theme.density[level(cells[i])];
    canvas.getContext("2d").putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(canvas, -shift.x, -shift.y, cols * CELL, lines * CELL);
    ctx.imageSmoothingEnabled = true;
  }

  function dots(ctx, theme, { cols, cells }, shift, level) {
    const found = [];
    for (let i = 0; i < cells.length; i++) if (cells[i] > 0) found.push(i);
    found.sort((a, b) => cells[a] - cells[b]);
    ctx.setLineDash([]);
    ctx.lineWidth = 0.8;
    ctx.strokeStyle = theme.paper;
    for (const i of found) {
      const at = level(cells[i]);
      ctx.beginPath();
      ctx.arc((i % cols) * CELL - shift.x + CELL / 2, Math.floor(i / cols) * CELL - shift.y + CELL / 2, 2.2 + at / 30, 0, 2 * Math.PI);
      ctx.fillStyle = colour(theme, at);
      ctx.fill();
      ctx.stroke();
    }
  }

  /* Data sets side by side: wider cells, each with the sign of the data set that has most in it,
     the larger the more there are of all. */
  function compare({ ctx, scale, ox, oy, width, height }, theme, held) {
    const { columns, hits, families, lots } = held;
    const [cols, lines, kinds] = [Math.ceil(width / WIDE) + 2, Math.ceil(height / WIDE) + 2, families.length];
    if (!lots.cells || lots.cells.length !== cols * lines * kinds) lots.cells = new Uint32Array(cols * lines * kinds);
    const { cells } = lots;
    cells.fill(0);
    const shift = { x: ((ox % WIDE) + WIDE) % WIDE, y: ((oy % WIDE) + WIDE) % WIDE };
    for (let i = 0; i < hits.n; i++) {
      const cx = ((columns.x0 + hits.x[i]) * scale - ox + shift.x) / WIDE;
      const cy = ((columns.y0 + hits.y[i]) * scale - oy + shift.y) / WIDE;
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) cells[((cy | 0) * cols + (cx | 0)) * kinds + parts.events.kind(held, hits.row[i])]++;
    }
    for (let cell = 0; cell < cols * lines; cell++) {
      let [all, most] = [0, 0];
      for (let k = 0; k < kinds; k++) {
        const n = cells[cell * kinds + k];
        all += n;
        if (n > cells[cell * kinds + most]) most = k;
      }
      if (all) parts.marks.sign(ctx, theme, families[most], ((cell % cols) + 0.5) * WIDE - shift.x, (Math.floor(cell / cols) + 0.5) * WIDE - shift.y, Math.min(7, 2.6 + Math.log10(all) * 1.8), false);
    }
  }

  /* One colour of the scale (0 to 255) as CSS writes it. */
  function colour(theme, at) {
    const v = theme.density[at];
    return `rgba(${v & 255},${(v >> 8) & 255},${(v >> 16) & 255},${((v >>> 24) / 255).toFixed(3)})`;
  }

  Object.assign(parts, { density: { paint, compare, colour } });
})(window);
