// Draws what the reference renderer does not know (charts and badges) well enough to judge a card by.
(function () {
  const AC = window.AdaptiveCards;
  const COLORS = { categoricalBlue: "var(--first)", categoricalMarigold: "#ca5010", categoricalTeal: "#038387" };
  const W = () => Math.max(200, window.cardWidth - 44);
  const esc = (s) => String(s).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]));
  const text = (x, y, s, at, more) => `<text x="${x}" y="${y}" text-anchor="${at || "start"}" ${more || ""}>${esc(s)}</text>`;
  const wide = (s) => [...String(s)].reduce((n, c) => n + (c.charCodeAt(0) > 0x2e80 ? 12 : 6.3), 0);

  function horizontal(card) {
    const left = Math.min(W() * 0.5, Math.max(...card.data.map((d) => wide(d.x))) + 10);
    const most = Math.max(...card.data.map((d) => Math.abs(d.y)), 1);
    const room = W() - left - 60;
    const rows = card.data.map((d, i) => {
      const y = i * 24, w = Math.max(1, (Math.abs(d.y) / most) * room);
      return text(left - 6, y + 16, d.x, "end") + `<rect x="${left}" y="${y + 4}" width="${w}" height="16" rx="2" fill="${COLORS[d.color]}"/>`
        + text(left + w + 6, y + 16, d.y);
    });
    return svg(rows.join(""), card.data.length * 24 + 4);
  }

  function scale(card) {
    const all = card.data.flatMap((s) => s.values.map((v) => v.y));
    const most = Math.max(...all, 0), least = Math.min(...all, 0);
    return (y) => 14 + (1 - (y - least) / (most - least || 1)) * 150;
  }
  const steps = (card) => [...new Set(card.data.flatMap((s) => s.values.map((v) => v.x)))];
  const axis = (labels, at) => {
    const every = Math.ceil(labels.length / Math.max(1, Math.floor(W() / (10 + Math.max(...labels.map(wide))))));
    return labels.map((l, i) => ((labels.length - 1 - i) % every ? "" : text(at(i), 186, l, "middle"))).join("");
  };
  const legend = (card) => {
    let x = 0, y = 12;
    const marks = card.data.map((s) => {
      const need = wide(s.legend) + 34;
      if (x && x + need > W()) { x = 0; y += 18; }
      const made = `<rect x="${x}" y="${y - 9}" width="12" height="10" fill="${COLORS[s.color]}"/>` + text(x + 17, y, s.legend);
      x += need;
      return made;
    });
    return [marks.join(""), y + 6];
  };
  function lines(card) {
    const labels = steps(card), y = scale(card), [marks, top] = legend(card);
    const x = (i) => 16 + (labels.length > 1 ? (i / (labels.length - 1)) * (W() - 56) : 0);
    const drawn = card.data.map((s) => {
      const p = s.values.map((v) => [x(labels.indexOf(v.x)), y(v.y), v.y]);
      const last = p[p.length - 1];
      return `<polyline fill="none" stroke="${COLORS[s.color]}" stroke-width="2.5" points="${p.map((q) => q[0] + "," + q[1]).join(" ")}"/>`
        + (last ? text(last[0] + 6, last[1] + 4, last[2]) : "");
    });
    return svg(marks + `<g transform="translate(0 ${top})"><line x1="0" x2="${W()}" y1="${y(0)}" y2="${y(0)}" class="axis"/>${drawn.join("")}${axis(labels, x)}</g>`, top + 194);
  }
  function columns(card) {
    const labels = steps(card), y = scale(card), [marks, top] = legend(card);
    const slot = W() / labels.length, bar = Math.min(46, (slot * 0.7) / card.data.length);
    const drawn = card.data.map((s, k) => s.values.map((v) => {
      const x = slot * labels.indexOf(v.x) + slot / 2 + (k - card.data.length / 2) * bar;
      return `<rect x="${x}" y="${Math.min(y(v.y), y(0))}" width="${bar - 2}" height="${Math.max(1, Math.abs(y(0) - y(v.y)))}" rx="2" fill="${COLORS[s.color]}"/>`
        + text(x + bar / 2 - 1, y(v.y) - 4, v.y, "middle", 'font-size="10"');
    }).join(""));
    return svg(marks + `<g transform="translate(0 ${top})">${drawn.join("")}${axis(labels, (i) => slot * i + slot / 2)}</g>`, top + 194);
  }
  const svg = (inside, height) => `<svg width="${W()}" height="${height}" class="chart" role="img">${inside}</svg>`;
  const badge = (b) => `<span class="badge ${esc(b.style || "")}">${esc(b.text)}</span>`;

  const KINDS = {
    "Chart.HorizontalBar": horizontal, "Chart.Line": lines, "Chart.VerticalBar.Grouped": columns,
    "Chart.VerticalBar": (c) => columns({ data: [{ legend: c.yAxisTitle || "", values: c.data, color: "categoricalBlue" }] }),
    Badge: badge,
  };
  for (const [type, draw] of Object.entries(KINDS)) {
    const Kind = class extends AC.CardElement {
      getJsonTypeName() { return type; }
      internalParse(source, context) { super.internalParse(source, context); this.source = source; }
      internalRender() {
        const box = document.createElement("div");
        const title = this.source.showTitle ? `<div class="chart-title">${esc(this.source.title)}</div>` : "";
        box.innerHTML = title + draw(this.source);
        return box;
      }
    };
    Kind.JsonTypeName = type;
    window.standins = window.standins || {};
    window.standins[type] = Kind;
  }
})();
