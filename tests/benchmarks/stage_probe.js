// What bench_stage measures by, inside of the page.
window.probe = (() => {
  const CHANGES = ["data-at", "data-view"];
  const posted = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  };
  const painted = (then) => requestAnimationFrame(() => posted(then));
  const until = (condition, then) =>
    requestAnimationFrame(() => condition() ? posted(then) : until(condition, then));
  const watch = (then) => {
    const watcher = new MutationObserver((records) =>
      records.forEach((record) => then(record.attributeName, record.target, performance.now())));
    watcher.observe(document, { subtree: true, attributes: true, attributeFilter: CHANGES });
    return () => watcher.disconnect();
  };
  const fetched = (since) => performance.getEntriesByType("resource")
    .filter((entry) => entry.startTime >= since && !/\/(static|plotly)\//.test(entry.name))
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0);

  const opened = {};
  const stop = watch((name, root, time) => {
    if (name === "data-at") { opened.stage = time; stop(); }
  });
  until(() => document.querySelector(".js-plotly-plot .main-svg"), (time) => opened.chart = time);

  // The answer to the next event: its start, when it was heard and when its outcome was painted.
  let answer = null;
  let pointed = "";
  const arm = (event, limit, begin) => {
    answer = new Promise((resolve) => {
      let begun = false;
      const listen = (happened) => {
        if (begun) return;
        begun = true;
        const start = happened.timeStamp;
        const heard = performance.now();
        begin((end) => close({ start, heard, end, fetched: fetched(start) }));
      };
      const close = (outcome) => {
        removeEventListener(event, listen, true);
        clearTimeout(timer);
        resolve(outcome);
      };
      const timer = setTimeout(() => close(null), limit);
      addEventListener(event, listen, true);
    });
  };

  return {
    opened,
    answer: () => answer,
    // Of the stage: `name` is set while the root's data are as wanted.
    armStage: (event, name, wanted, limit) => arm(event, limit, (close) => {
      let own = null, said = null;
      const finish = () => own !== null && said !== null && close(Math.max(own, said));
      painted((time) => { own = time; finish(); });
      const stop = watch((changed, root, time) => {
        const is = Object.entries(wanted).every(([key, value]) => root.dataset[key] === value);
        if (changed === name && is) { said = time; stop(); finish(); }
      });
    }),
    // Of the floor: the chart has the wanted title.
    armFloor: (event, title, limit) => arm(event, limit, (close) => until(
      () => document.querySelector(".js-plotly-plot .gtitle")?.textContent === title, close)),
    // The middle of a random cell that can be seen, of any panel, where the pointer is not yet.
    cell: () => {
      const panels = [...document.querySelectorAll("[data-panel]")]
        .filter((panel) => panel.querySelector("[data-cells]"));
      const pick = (count) => Math.floor(Math.random() * count);
      for (let trial = 0; trial < 500 && panels.length; trial++) {
        const panel = panels[pick(panels.length)];
        const cells = panel.querySelector("[data-cells]");
        const box = cells.getBoundingClientRect();
        const { rows, columns } = { ...panel.dataset, ...cells.dataset };
        const x = box.left + box.width * (pick(+columns) + 0.5) / columns;
        const y = box.top + box.height * (pick(+rows) + 0.5) / rows;
        const seen = document.elementFromPoint(x, y)?.closest("[data-panel]") === panel;
        if (seen && `${x} ${y}` !== pointed) {
          pointed = `${x} ${y}`;
          return { panel: panel.dataset.panel, x, y };
        }
      }
      return null;
    },
    // Plays until that many positions were painted or none is for so long.
    play: (steps, quiet) => {
      const times = [], places = new Set(), frames = [];
      let last = performance.now(), playing = true;
      const frame = (time) => {
        frames.push(performance.now());
        if (playing) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      answer = new Promise((resolve) => {
        const stop = watch((name, root, time) => {
          if (name !== "data-at") return;
          last = time;
          times.push(time);
          places.add(root.dataset.at);
        });
        const timer = setInterval(() => {
          if (places.size < steps && performance.now() - last < quiet) return;
          clearInterval(timer);
          stop();
          playing = false;
          const from = times[0], to = times.at(-1);
          const gaps = frames.filter((time) => time >= from && time <= to)
            .map((time, k, all) => k ? time - all[k - 1] : 0);
          resolve({ seconds: (to - from) / 1000, steps: places.size, gaps });
        }, 50);
      });
    },
  };
})();
