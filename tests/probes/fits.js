// Panels have a size once they are drawn; the stage has the width of the column that it is in, and
// has been painted for it.
(stage) => {
    const frame = stage.getBoundingClientRect();
    const column = stage.closest("[data-testid=stVerticalBlock]").getBoundingClientRect();
    const cells = [...stage.querySelectorAll("[data-cells]")];
    // A scroll bar that has gone since leaves a bit of room.
    const room = stage.clientWidth - Number(stage.dataset.width);
    return room >= 0 && room <= 20 && Math.abs(frame.width - column.width) < 1 && cells.length > 0
        && cells.every((node) => {
            const box = node.getBoundingClientRect();
            return box.width > 0 && box.left > frame.left - 1 && box.right < frame.right + 1;
        });
}
