// @ts-check
// Where the stage rests when the server has said something.

/** @import { FieldsOf, Known, Pin, Place, Places, Resting, Sizes } from "./data.d.ts" */

// What the stage knows after the server has said something, of what it knew before. The place on the
// screen counts, but where the view has become another one (`frame`), or the server itself has moved
// (`moves`) since what the stage told last: what it says to an earlier turn is `late`. `same` says that
// the scene is of the same make as the one that is shown.
/** @type {(known: Known, data: Resting, same: boolean) => Omit<Known, "turn"> & { late: boolean, moved: boolean, opened: boolean }} */
export function settled(known, data, same) {
    const { turn = 0, frame = "", moves = 0, sizes, at = [], fields } = data;
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
            ...placesOf(at, sizes, fields),
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

// The places that fields of the view say, in the order in which the server has them, within the sizes.
/** @type {(at: number[], sizes: Sizes, fields: FieldsOf) => Places} */
function placesOf(at, sizes, fields) {
    /** @type {Places} */
    const places = {};
    const said = [...at];
    for (const [space, [row]] of Object.entries(fields)) {
        const [r, c] = [row ? said.shift() : 0, said.shift()];
        if (r === undefined || c === undefined || !sizes[space]) continue;
        const [rows, columns] = sizes[space];
        places[space] = [Math.min(r, rows - 1), Math.min(c, columns - 1)];
    }
    return places;
}

// The fields of the view that say that spaces are at these places.
/** @type {(places: Places, fields: FieldsOf) => { [field: string]: number }} */
export function fieldsOf(places, fields) {
    const known = Object.entries(fields).filter(([space]) => places[space]);
    const told = known.flatMap(([space, names]) =>
        names.map((name, axis) => /** @type {[string, number]} */ ([name, places[space][axis]])),
    );
    return Object.fromEntries(told.filter(([name]) => name));
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
