// What the panels outline together.

// The outlines of a panel: what belongs to the place of the space that is pointed at, or of the
// panel's home where it has no link to that.
export function marksAt(item, pointed, places) {
    const space = pointed && item.links[pointed] ? pointed : item.home;
    if (!space) return [];
    const [row, column] = places[space];
    return (item.links[space] ?? [])
        .map(([role, rows, columns]) => ({ role, rows: rows[row], columns: columns[column] }))
        .filter(({ rows, columns }) => rows[0] < rows[1] && columns[0] < columns[1]);
}
