// What a smoke test asks of a page, in any browser.
({
    // Keeps what is thrown in the page and what its console calls an error, in the page itself.
    listen() {
        const keep = () => {
            const faults = [];
            const told = (fault) => {
                faults.push(String(fault));
                document.documentElement.dataset.faults = JSON.stringify(faults);
            };
            window.addEventListener("error", ({ message }) => told(message));
            window.addEventListener("unhandledrejection", ({ reason }) => told(reason));
            console.error = (...said) => told(said.join(" "));
        };
        const script = document.createElement("script");
        script.textContent = `(${keep})()`;
        document.head.append(script);
    },

    // Whether a scene is drawn for the width that it has, its small pictures too, which come last.
    shows(scene) {
        const root = document.querySelector("[data-stage][data-at]");
        if (root?.dataset.scene !== scene) return false;
        // A scroll bar that has gone since leaves a bit of room.
        const room = root.clientWidth - Number(root.dataset.width);
        if (room < 0 || room > 20) return false;
        if (document.querySelector("[data-testid=stSkeleton]")) return false;
        const pictures = [...root.querySelectorAll("img")];
        return pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
    },

    // Whether the stage's data are these: what it says after painting.
    says(wanted) {
        const told = document.querySelector("[data-stage]").dataset;
        return Object.entries(wanted).every(([name, value]) => told[name] === value);
    },

    focus() {
        document.querySelector("[data-stage]").focus({ preventScroll: true });
    },

    // Brings a panel to the window's middle, away from the foot.
    center(panel) {
        const cells = document.querySelector(`[data-panel="${panel}"] [data-cells]`);
        cells.scrollIntoView({ block: "center", behavior: "instant" });
    },

    look() {
        const root = document.querySelector("[data-stage]");
        const boxOf = (node) => {
            const { left, top, width, height } = node.getBoundingClientRect();
            return { left, top, width, height };
        };
        const holds = (outer, inner) => inner.left >= outer.left - 0.5
            && inner.left + inner.width <= outer.left + outer.width + 0.5
            && inner.top >= outer.top - 0.5
            && inner.top + inner.height <= outer.top + outer.height + 0.5;
        const panels = [...root.querySelectorAll("[data-panel]")].map((panel) => {
            const cells = panel.querySelector("[data-cells]");
            return [panel.dataset.panel, {
                rows: Number(cells.dataset.rows),
                columns: Number(cells.dataset.columns),
                box: boxOf(cells),
                numbers: [...panel.querySelectorAll(".numbers text")].map((text) => text.textContent),
                power: panel.querySelector(".power")?.textContent ?? "",
            }];
        });
        const strips = [...root.querySelectorAll("[data-strip]")].map((strip) => {
            const list = strip.querySelector(".thumbnails");
            const buttons = [...list.querySelectorAll("button")];
            const seen = buttons.filter((button) => holds(boxOf(list), boxOf(button)));
            const inside = holds(boxOf(root), boxOf(strip));
            return [strip.dataset.strip, { count: buttons.length, seen: seen.length, inside }];
        });
        // A row that has wrapped has panels or cards below the others.
        const wrapped = [...root.querySelectorAll(".row")].filter((row) => {
            const boxes = [...row.querySelectorAll(":scope > :is(.panel, .card)")].map(boxOf);
            const bottom = Math.min(...boxes.map(({ top, height }) => top + height));
            return boxes.some(({ top }) => top >= bottom);
        });
        return JSON.stringify({
            at: root.dataset.at,
            failed: [...document.querySelectorAll("[data-failed]")].map((node) => node.textContent),
            faults: JSON.parse(document.documentElement.dataset.faults ?? "[]"),
            panels: Object.fromEntries(panels),
            wrapped: wrapped.length,
            strips: Object.fromEntries(strips),
        });
    },
})
