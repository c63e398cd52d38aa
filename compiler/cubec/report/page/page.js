"use strict";
// Filtering, Escape and links into folded parts; without this script all of the page can still be read.
(() => {
  const search = document.querySelector("search");
  const items = [...document.querySelectorAll("[data-item]")];
  if (search && items.length) {
    const input = search.querySelector("input");
    const output = search.querySelector("output");
    const sections = [...document.querySelectorAll("main section")].map((section) => ({
      items: items.filter((item) => section.contains(item)),
      shown: section.querySelector(".shown"),
    }));
    let texts = null;
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      texts ??= new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
      let total = 0;
      for (const section of sections) {
        let count = 0;
        for (const item of section.items) {
          const match = words.every((word) => texts.get(item).includes(word));
          if (item.hidden === match) item.hidden = !match;
          count += match;
        }
        total += count;
        if (section.shown && section.items.length) {
          const all = section.shown.dataset.all;
          section.shown.textContent = words.length ? `${count} of ${all}` : all;
        }
      }
      output.textContent = words.length ? `${total} found` : "";
    };
    let due = 0;
    input.addEventListener("input", () => {
      clearTimeout(due);
      due = setTimeout(apply, 60);
    });
    search.hidden = false;
    if (input.value) apply(); // kept by the browser over a reload
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey;
      if (event.key === "/" && !typing) {
        event.preventDefault();
        input.focus();
      }
    });
  }

  const close = (details) => {
    details.open = false;
    details.querySelector("summary").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const around = event.target.closest("details.role[open]");
    const open = around ?? document.querySelector("details.role[open]");
    if (open) close(open);
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("table details.role[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  const unfold = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    target.hidden = false;
    if (target.matches("details.group")) target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
