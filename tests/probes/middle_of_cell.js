// The middle of a cell, brought into the window where it is not.
([name, [row, column]]) => {
    const cells = document.querySelector(`[data-panel="${name}"] [data-cells]`);
    const middle = () => {
        const frame = cells.getBoundingClientRect();
        const [rows, columns] = [cells.dataset.rows, cells.dataset.columns].map(Number);
        return [
            frame.left + (column + 0.5) * frame.width / columns,
            frame.top + (row + 0.5) * frame.height / rows,
        ];
    };
    const hit = ([x, y]) => document.elementFromPoint(x, y)?.closest("[data-cells]") === cells;
    if (!hit(middle())) cells.scrollIntoView({ block: "center", behavior: "instant" });
    return middle();
}
