// @ts-check
// Where the stage rests when the server has said something.

/** @import { Known, Pin, Place, Places, Resting, Sizes } from "./data.d.ts" */

// The view's fields that say where a space is at, by row and column.
const FIELDS = { output: ["i", "j"], kernel: ["m", "k"], input: ["p", "q"], training: ["", "t"] };

// What the stage knows after the server has said something, of what it knew before. The place on the
// screen counts, but where the view has become another one (`frame`), or the server itself has moved
// (`moves`) since what the stage told last: what it says to an earlier turn is `late`. `same` says that
// the scene is of the same make as the one that is shown.
/** @type {(known: Known, data: Resting, same: boolean) => Omit<Known, "turn"> & { late: boolean, moved: boolean, opened: boolean }} */
export function settled(known, data, same) {
    const { turn = 0, frame = "", moves = 0, sizes, at = {} } = data;
    const late = turn < known.turn;
    const opened = frame !== known.frame;
    const moved = opened || (!late && moves !== known.moves);
    const { awaited } = known;
    const arrived = !late && awaited && awaited.part === data.parts?.at;
    const held = moved ? null : known.held;
    return {
        late,
        moved,
        opened,
        frame,
        moves,
        sizes,
        awaited: late ? awaited : null,
        places: {
            ...data.places,
            ...placesOf(at, sizes),
            ...(moved ? {} : ofSameSize(known.places, known.sizes ?? {}, sizes)),
            ...(data.places.share ? { share: data.places.share } : {}),
            ...(arrived ? { [data.clocks[0]]: awaited.place } : {}),
        },
        held: same ? held : keptPin(held, data.clocks),
        pointed: same ? known.pointed : null,
    };
}

// The places that still are ones.
/** @type {(places: Places, before: Sizes, sizes: Sizes) => Places} */
function ofSameSize(places, before, sizes) {
    const same = (space) => sizes[space] && String(sizes[space]) === String(before[space]);
    return Object.fromEntries(Object.entries(places).filter(([space]) => same(space)));
}

// The places that fields of the view say, within the sizes.
/** @type {(at: { [field: string]: number }, sizes: Sizes) => Places} */
function placesOf(at, sizes) {
    /** @type {Places} */
    const places = {};
    for (const [space, [row, column]] of Object.entries(FIELDS)) {
        if (!(column in at) || !sizes[space]) continue;
        const [rows, columns] = sizes[space];
        places[space] = [Math.min(at[row] ?? 0, rows - 1), Math.min(at[column], columns - 1)];
    }
    return places;
}

// The fields of the view that say that spaces are at these places.
/** @type {(places: Places) => { [field: string]: number }} */
export function fieldsOf(places) {
    const known = Object.entries(FIELDS).filter(([space]) => places[space]);
    const told = known.flatMap(([space, fields]) =>
        fields.map((field, axis) => /** @type {[string, number]} */ ([field, places[space][axis]])),
    );
    return Object.fromEntries(told.filter(([field]) => field));
}

// What is left of a pin in a scene of another make.
/** @type {(held: Pin | null, clocks: string[]) => Pin | null} */
function keptPin(held, [clock]) {
    return clock === "output" && held?.output ? resting("output", held.output) : null;
}

// A place that is pinned where it rests, not pointed at in a panel.
/** @type {(space: string, place: Place) => Pin} */
export function resting(space, place) {
    return { over: "", space, place, cell: place, output: space === "output" ? place : null };
}
