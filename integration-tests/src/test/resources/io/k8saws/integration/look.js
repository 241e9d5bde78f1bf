// Looks at the rendered page as a reader would and lists what is wrong with it, one finding a line.
(() => {
  const findings = [];
  const svg = document.querySelector("svg.map");
  const box = (element) => element.getBoundingClientRect();
  const name = (element) => JSON.stringify(element.textContent.trim().slice(0, 60));

  const colour = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const page = colour(getComputedStyle(document.body).backgroundColor);
  let checked = 0;
  const legible = (element, ink, ground) => {
    checked++;
    const ratio = contrast(ink, ground);
    if (ratio < 4.5) {
      findings.push(`contrast ${ratio.toFixed(2)} of ${name(element)}`);
    }
  };

  if (svg) {
    const texts = [...svg.querySelectorAll("text")];
    const rects = [...svg.querySelectorAll("rect")];
    const frame = box(svg);
    texts.forEach((text, i) => {
      const a = box(text);
      if (a.left < frame.left - 0.5 || a.right > frame.right + 0.5 || a.top < frame.top - 0.5 || a.bottom > frame.bottom + 0.5) {
        findings.push(`outside the drawing: ${name(text)}`);
      }
      texts.slice(i + 1).forEach((other) => {
        const b = box(other);
        if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 1.5 && b.top < a.bottom - 1.5) {
          findings.push(`overlap of ${name(text)} and ${name(other)}`);
        }
      });
      const own = text.parentElement.querySelector(":scope > rect");
      if (own && text.parentElement !== svg) {
        const r = box(own);
        if (a.left < r.left - 0.5 || a.right > r.right + 0.5 || a.top < r.top - 1.5 || a.bottom > r.bottom + 1.5) {
          findings.push(`text leaves its shape: ${name(text)}`);
        }
      }
      const x = (a.left + a.right) / 2;
      const y = (a.top + a.bottom) / 2;
      const below = rects.filter((rect) => {
        const r = box(rect);
        const before = rect.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
        return before && getComputedStyle(rect).fill !== "none" && r.left <= x && x <= r.right && r.top <= y && y <= r.bottom;
      });
      const ground = below.length ? colour(getComputedStyle(below[below.length - 1]).fill) : page;
      legible(text, colour(getComputedStyle(text).fill), ground);
      text.querySelectorAll("tspan").forEach((part) => legible(part, colour(getComputedStyle(part).fill), ground));
    });
    const arrowed = [...svg.querySelectorAll(".box, .band")].map(box);
    svg.querySelectorAll(".talk .head").forEach((head) => {
      const r = box(head);
      const [x, y] = [(r.left + r.right) / 2, (r.top + r.bottom) / 2];
      const near = (a, b) => Math.abs(a - b) <= 4 * (frame.width / svg.viewBox.baseVal.width) + 0.5;
      const atEdge = arrowed.some((b) => (near(x, b.right) && b.top <= y && y <= b.bottom) || (near(y, b.top) && b.left <= x && x <= b.right));
      if (!atEdge) {
        findings.push(`an arrow ends nowhere, at ${x.toFixed(0)}, ${y.toFixed(0)}`);
      }
    });
    const scroll = svg.parentElement;
    const hint = document.querySelector(".wide");
    const cut = scroll.scrollWidth > scroll.clientWidth;
    if (cut !== (getComputedStyle(hint).display !== "none")) {
      findings.push(cut ? "the drawing is cut off without a word" : "says that the drawing is cut off, and it is not");
    }
    const words = texts.filter((text) => !text.closest(".pill")).map((text) => [text, box(text)]);
    svg.querySelectorAll(".talk path").forEach((path) => {
      for (let at = 0; at <= path.getTotalLength(); at += 3) {
        const p = path.getPointAtLength(at).matrixTransform(path.getScreenCTM());
        const hit = words.find(([, b]) => b.left < p.x && p.x < b.right && b.top < p.y && p.y < b.bottom);
        if (hit) {
          findings.push(`an arrow crosses ${name(hit[0])}`);
          break;
        }
      }
    });
    const pills = [...svg.querySelectorAll(".pill > rect")];
    pills.forEach((pill, i) => pills.slice(i + 1).forEach((other) => {
      const [a, b] = [box(pill), box(other)];
      if (a.left < b.right && b.left < a.right && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5) {
        findings.push(`labels overlap: ${name(pill.parentElement)} and ${name(other.parentElement)}`);
      }
    }));
    const shapes = [...svg.querySelectorAll(".chip > rect, .bar > rect")];
    shapes.forEach((shape, i) => shapes.slice(i + 1).forEach((other) => {
      const [a, b] = [box(shape), box(other)];
      if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5) {
        findings.push(`shapes overlap: ${name(shape.parentElement)} and ${name(other.parentElement)}`);
      }
    }));
  }

  document.querySelectorAll("details").forEach((details) => details.setAttribute("open", ""));
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("svg, thead")) {
      continue;
    }
    let ground = page;
    for (let e = element; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c.a === 1) {
        ground = c;
        break;
      }
    }
    legible(element, colour(getComputedStyle(element).color), ground);
  }
  if (document.documentElement.scrollWidth > window.innerWidth) {
    findings.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
  }

  const report = document.createElement("pre");
  report.id = "report";
  report.textContent = [`background ${getComputedStyle(document.body).backgroundColor}`, `checked ${checked}`, ...findings].join("\n");
  document.body.append(report);
})();
