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

  /* The side of a cell in pixels that suits what is held, and the one in which it is counted. */
  const side = ({ setOf }) => (setOf ? WIDE : CELL);
  const sideOf = (held) => (held.grid ? held.grid.side : side(held));

  /* How far into a cell the sheet begins: cells keep to the world, so that they do not crawl. */
  const shiftOf = ({ ox, oy }, side) => ({ x: ((ox % side) + side) % side, y: ((oy % side) + side) % side });

  /* Put what the store counted into cells of the sheet: each by its middle, as after a zoom it
     is of another size until the next answer comes. `add(cell, kind, n)`. */
  function spread({ scale, ox, oy, zoom }, counted, shift, [cols, lines], add) {
    const k = counted.side * (scale / (256 * 2 ** counted.zoom));
    for (let i = 0; i < counted.n.length; i++) {
      const cx = Math.floor(((counted.x + counted.cx[i] + 0.5) * k - ox + shift.x) / counted.side);
      const cy = Math.floor(((counted.y + counted.cy[i] + 0.5) * k - oy + shift.y) / counted.side);
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) add(cy * cols + cx, counted.kind[i], counted.n[i]);
    }
  }

  /* Count the events of each cell. */
  function count(frame, held) {
    const { columns, hits, crowd, grid: counted } = held;
    const { scale, ox, oy, width, height } = frame;
    const size = sideOf(held);
    const shift = shiftOf(frame, size);
    const { cols, lines, cells } = grid(crowd, Math.ceil(width / size) + 1, Math.ceil(height / size) + 1);
    if (counted) {
      spread(frame, counted, shift, [cols, lines], (cell, _, n) => { cells[cell] += n; });
      return shift;
    }
    const k = scale / size;
    const [dx, dy] = [(columns.x0 * scale - ox + shift.x) / size, (columns.y0 * scale - oy + shift.y) / size];
    const { x, y } = columns;
    const { row, n } = hits;
    for (let i = 0; i < n; i++) {
      const cx = x[row[i]] * k + dx;
      const cy = y[row[i]] * k + dy;
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) cells[(cy | 0) * cols + (cx | 0)]++;
    }
    return shift;
  }

  /* The scale reaches to the fullest cell seen at this zoom, so that a move recolours nothing. */
  function measure(crowd, zoom) {
    const { cells, levels } = crowd;
    if (crowd.key !== zoom) crowd.most = LEAST;
    crowd.key = zoom;
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
    const { used, level } = measure(crowd, `${frame.zoom} ${held.grid ? held.grid.zoom : ""}`);
    const size = sideOf(held);
    if (used > SPARSE) squares(frame.ctx, theme, crowd, shift, level, size);
    else dots(frame.ctx, theme, crowd, shift, level, size);
  }

  function squares(ctx, theme, { cols, lines, cells, colours, image, canvas }, shift, level, size) {
    for (let i = 0; i < cells.length; i++) colours[i] = cells[i] === 0 ? 0 : theme.density[level(cells[i])];
    canvas.getContext("2d").putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(canvas, -shift.x, -shift.y, cols * size, lines * size);
    ctx.imageSmoothingEnabled = true;
  }

  function dots(ctx, theme, { cols, cells }, shift, level, size) {
    const found = [];
    for (let i = 0; i < cells.length; i++) if (cells[i] > 0) found.push(i);
    found.sort((a, b) => cells[a] - cells[b]);
    ctx.setLineDash([]);
    ctx.lineWidth = 0.8;
    ctx.strokeStyle = theme.paper;
    for (const i of found) {
      const at = level(cells[i]);
      ctx.beginPath();
      ctx.arc(((i % cols) + 0.5) * size - shift.x, (Math.floor(i / cols) + 0.5) * size - shift.y, 2.2 + at / 30, 0, 2 * Math.PI);
      ctx.fillStyle = colour(theme, at);
      ctx.fill();
      ctx.stroke();
    }
  }

  /* Data sets side by side: wider cells, each with the sign of the data set that has most in it,
     the larger the more there are of all. */
  function compare(frame, theme, held) {
    const { ctx, scale, ox, oy, width, height } = frame;
    const { columns, hits, families, lots, grid: counted } = held;
    const size = sideOf(held);
    const [cols, lines, kinds] = [Math.ceil(width / size) + 2, Math.ceil(height / size) + 2, families.length];
    if (!lots.cells || lots.cells.length !== cols * lines * kinds) lots.cells = new Uint32Array(cols * lines * kinds);
    const { cells } = lots;
    cells.fill(0);
    const shift = shiftOf(frame, size);
    if (counted) spread(frame, counted, shift, [cols, lines], (cell, kind, n) => { cells[cell * kinds + Math.min(kind, kinds - 1)] += n; });
    for (let i = 0; i < hits.n; i++) {
      const cx = ((columns.x0 + columns.x[hits.row[i]]) * scale - ox + shift.x) / size;
      const cy = ((columns.y0 + columns.y[hits.row[i]]) * scale - oy + shift.y) / size;
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) cells[((cy | 0) * cols + (cx | 0)) * kinds + parts.events.kind(held, hits.row[i])]++;
    }
    for (let cell = 0; cell < cols * lines; cell++) {
      let [all, most] = [0, 0];
      for (let k = 0; k < kinds; k++) {
        const n = cells[cell * kinds + k];
        all += n;
        if (n > cells[cell * kinds + most]) most = k;
      }
      if (all) parts.marks.sign(ctx, theme, families[most], ((cell % cols) + 0.5) * size - shift.x, (Math.floor(cell / cols) + 0.5) * size - shift.y, Math.min(7, 2.6 + Math.log10(all) * 1.8), false);
    }
  }

  /* One colour of the scale (0 to 255) as CSS writes it. */
  function colour(theme, at) {
    const v = theme.density[at];
    return `rgba(${v & 255},${(v >> 8) & 255},${(v >> 16) & 255},${((v >>> 24) / 255).toFixed(3)})`;
  }

  Object.assign(parts, { density: { paint, compare, side, colour } });
})(window);
