"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const sources = JSON.parse(document.getElementById("objects").textContent);
  const drawing = document.querySelector("svg.mesh");
  const scroller = document.querySelector("main");
  const panel = document.querySelector("aside");
  const search = document.querySelector("input");
  const count = document.querySelector("output");
  const number = (element, key) => Number(element.dataset[key]);

  /* The panel: the YAML behind what was picked. */
  let picked = null;
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    picked.classList.remove("picked");
    picked.focus();
    picked = null;
  };
  const open = (part) => {
    if (picked) picked.classList.remove("picked");
    picked = part;
    part.classList.add("picked");
    panel.querySelector("h2").textContent = part.getAttribute("aria-label");
    const places = part.dataset.objects.split(" ").map(Number);
    const folded = places.map((place, index) => {
      const details = document.createElement("details");
      const summary = document.createElement("summary");
      const text = document.createElement("pre");
      summary.textContent = sources[place][0];
      text.textContent = sources[place][1];
      text.tabIndex = 0;
      details.open = index === 0 || places.length < 3;
      details.append(summary, text);
      return details;
    });
    panel.querySelector(".objects").replaceChildren(...folded);
    panel.hidden = false;
    panel.scrollTop = 0;
    part.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.querySelector("button").focus({ preventScroll: true });
  };
  drawing.addEventListener("click", (event) => {
    const part = event.target.closest(".pick");
    if (part) open(part);
  });
  panel.querySelector("button").addEventListener("click", close);

  /* The search: rows that do not match go, and what is below them moves up. */
  const quarters = all("g.quarter", drawing).map((group) => ({
    group,
    box: group.querySelector(".quarter-box"),
    y: number(group, "y"),
    height: number(group, "height"),
    x: group.transform.baseVal[0].matrix.e,
    apps: all(".app", group).map((app) => ({
      group: app,
      y: number(app, "y"),
      height: number(app, "height"),
      x: app.transform.baseVal[0].matrix.e,
      text: app.dataset.search,
      taps: all(".tap", app).map((tap) => ({ lane: tap.dataset.lane, y: number(tap, "y") })),
    })),
  }));
  const lanes = all(".lane", drawing).map((group) => ({
    group,
    number: group.dataset.lane,
    y: number(group, "y"),
    line: group.querySelector(".trunk"),
    out: all(".out", group),
    stop: group.querySelector("circle"),
  }));
  /* As in lane_layout.py: a lane leaves its entrance where no other one passes. */
  const free = (y, own, others) => {
    const near = own.filter((tap) => Math.abs(tap - y) <= 12).sort((one, other) => one - other);
    const places = [...near, ...[0, 6, -6, 12, -12, 17].map((aside) => y + aside)];
    return places.find((place) => others.every((tap) => Math.abs(place - tap) >= 4.5)) ?? y;
  };
  const tail = drawing.querySelector(".tail");
  const doors = number(drawing.querySelector(".body"), "doors");
  const ground = drawing.querySelector(".ground");
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  const total = quarters.reduce((sum, quarter) => sum + quarter.apps.length, 0);
  const entries = drawing.querySelector(".quarter[data-kind='outside'] .app") !== null;
  const noun = entries ? "apps and entries" : total === 1 ? "app" : "apps";
  const chosen = new Set();
  const move = (group, x, y) => group.setAttribute("transform", `translate(${x} ${y})`);

  const show = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (app) =>
      wanted.every((word) => app.text.includes(word)) &&
      (!chosen.size || app.taps.some((tap) => chosen.has(tap.lane)));
    const narrowed = wanted.length > 0 || chosen.size > 0;
    const ends = {};
    let gone = 0;
    let matches = 0;
    for (const quarter of quarters) {
      let inside = 0;
      let left = 0;
      for (const app of quarter.apps) {
        const visible = fits(app);
        app.group.classList.toggle("hidden", !visible);
        if (!visible) {
          inside += app.height;
          continue;
        }
        left += 1;
        move(app.group, app.x, app.y - inside);
        for (const tap of app.taps) (ends[tap.lane] ||= []).push(quarter.y - gone + app.y - inside + tap.y);
      }
      matches += left;
      const empty = narrowed && !left;
      quarter.group.classList.toggle("hidden", empty);
      if (empty) {
        gone += quarter.height + gap(quarter);
        continue;
      }
      move(quarter.group, quarter.x, quarter.y - gone);
      quarter.box.setAttribute("height", quarter.height - inside);
      gone += inside;
    }
    for (const lane of lanes) {
      const own = ends[lane.number] || [];
      const others = Object.entries(ends).flatMap(([number, taps]) => (number === lane.number ? [] : taps));
      const y = free(lane.y, own, others);
      const places = [y, ...own];
      lane.group.classList.toggle("hidden", !own.length);
      for (const line of lane.out) {
        line.setAttribute("y1", y);
        line.setAttribute("y2", y);
      }
      lane.stop.setAttribute("cy", y);
      lane.line.setAttribute("y1", Math.min(...places));
      lane.line.setAttribute("y2", Math.max(...places));
    }
    const less = Math.min(gone, Math.max(number(tail, "y") - doors, 0));
    move(tail, 0, number(tail, "y") - less);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height - less}`);
    ground.setAttribute("height", height - less);
    resize();
    count.textContent = narrowed ? `${matches} of ${total} ${noun}` : `${total} ${noun}`;
  };
  const gap = (quarter) => {
    const next = quarters[quarters.indexOf(quarter) + 1];
    return next ? next.y - quarter.y - quarter.height : 0;
  };

  /* The size: as wide as the window, but no wider than drawn, and then by hand. */
  let zoom = 1;
  const resize = () => {
    const wide = Math.min(width, Math.max(scroller.clientWidth, 960)) * zoom;
    const shown = drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.style.width = `${wide}px`;
    drawing.style.minWidth = "0";
    drawing.setAttribute("width", wide);
    drawing.setAttribute("height", (wide * shown[3]) / shown[2]);
  };
  const zoomed = (factor) => {
    zoom = factor === 0 ? 1 : Math.min(3, Math.max(0.4, zoom * factor));
    resize();
  };
  for (const button of all("button[data-zoom]")) {
    button.addEventListener("click", () => zoomed(Number(button.dataset.zoom)));
  }
  window.addEventListener("resize", resize);

  for (const button of all("button[data-lane]")) {
    button.addEventListener("click", () => {
      const lane = button.dataset.lane;
      if (!chosen.delete(lane)) chosen.add(lane);
      button.setAttribute("aria-pressed", String(chosen.has(lane)));
      show();
    });
  }
  search.addEventListener("input", show);

  const theme = document.getElementById("theme");
  const night = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (night.matches ? "dark" : "light")) === "dark";
  const named = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    named();
  });
  night.addEventListener("change", named);
  named();

  /* The keyboard: / searches, Escape closes, Enter opens, arrows go from app to app. */
  const step = (from, by) => {
    const names = all(".app:not(.hidden) .app-name.pick", drawing);
    const row = from.closest(".app");
    const place = row ? names.indexOf(row.querySelector(".app-name")) : by > 0 ? -1 : names.length;
    const next = names[place + by];
    if (!next) return false;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const part = event.target.closest?.(".pick");
    if (event.key === "Escape") {
      if (!panel.hidden) close();
      else if (search.value) {
        search.value = "";
        show();
      }
    } else if (event.key === "/" && event.target !== search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (part && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      open(part);
    } else if ((part || event.target === search) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      if (step(event.target, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
  });
  show();
})();
