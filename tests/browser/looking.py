"""What a page looks like, worked out in the page itself: contrasts, and what sticks out."""

# Text and its background as they are painted, colours laid over each other; each pair once, with the ratio of WCAG 2.
CONTRASTS = r"""() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, under) => [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const background = (element) => {
    if (!element) return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  };
  const found = [];
  const judge = (what, text, behind) => found.push([what, ratio(over(parse(text), behind), behind)]);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || element.closest("script, title") || !element.checkVisibility({ visibilityProperty: true })) continue;
    let opacity = 1;
    for (let up = element; up; up = up.parentElement) opacity *= getComputedStyle(up).opacity;
    if (opacity !== 1) found.push([text, 0]);
    judge(text, getComputedStyle(element).color, background(element));
  }
  for (const input of document.querySelectorAll("input")) {
    judge("placeholder", getComputedStyle(input, "::placeholder").color, background(input));
    judge("input", getComputedStyle(input).color, background(input));
  }
  for (const cell of document.querySelectorAll("td[data-group]"))
    judge(`before ${cell.dataset.group}`, getComputedStyle(cell, "::before").color, background(cell));
  return found;
}"""

# What is drawn against the page behind it: 3 is the least that WCAG 2 asks of graphics.
DRAWN = r"""() => {
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (colour) => colour.slice(0, 3).reduce((sum, part, n) => {
    const share = part / 255;
    return sum + [0.2126, 0.7152, 0.0722][n] * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  }, 0);
  const behind = light(parse(getComputedStyle(document.body).backgroundColor));
  return [...document.querySelectorAll("svg.bar rect")].map((rect) => {
    const style = getComputedStyle(rect);
    const own = light(parse(rect.matches(".free") ? style.stroke : style.fill));
    return [rect.getAttribute("class"), (Math.max(own, behind) + 0.05) / (Math.min(own, behind) + 0.05)];
  });
}"""

# Elements that end to the right of the window, and those whose own content is cut off.
STICKING_OUT = r"""() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility() && !element.closest("svg, script, .skip, thead, details:not([open]) > :not(summary)"))
  .filter((element) => {
    const box = element.getBoundingClientRect();
    const cut = getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    return box.right > innerWidth + 1 || box.left < -1 || (cut && !element.matches("input"));
  })
  .map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 60)}`)"""
