// What the server sends, as data.py writes it, and what the stage makes of it.

/** Of what a place is a place, as a scene calls it. */
export type Space = string;
export type Place = [row: number, column: number];
export type Places = { [space: string]: Place };
/** Cells from a start to a stop, every so many. */
export type Span = [start: number, stop: number, step: number];
export type Size = { width: number; height: number };

export interface Entry {
    space: Space | null;
    cells: number;
    columns: number;
    type: "f4" | "f8" | "u1" | "u2" | "u4";
    data: string;
}
export type Values = Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array;
export interface Table extends Entry {
    values: Values;
}

type Keys<Union> = Union extends unknown ? keyof Union : never;
/** One of these, which is told by the keys that it has. */
type OneOf<Union, All extends PropertyKey = Keys<Union>> = Union extends unknown
    ? Union & { [Key in Exclude<All, keyof Union>]?: undefined }
    : never;

export type Looked = { table: number };
export interface Filling {
    table: number;
    rows: Span[];
    columns: Span[];
    size: [rows: number, columns: number];
    start: number | null;
    transposed: boolean;
}
export interface Gap {
    first: Filling;
    second: Filling;
    origin: [row: number, column: number];
}
export type Numbers = OneOf<Looked | Filling | Gap>;
/** The numbers of a panel at a place, and which cells have none. */
export interface Filled {
    values: Values;
    waiting: Uint8Array | null;
}
export interface Source {
    keyAt(places: Places): number | string;
    at(places: Places): Filled;
}

/** Where a number of a text comes from. */
export type Live = OneOf<
    | { along: number[]; space: Space; axis: number }
    | { letters: string[][] }
    | { largest: Numbers; source?: Source }
    | { products: [number, number] }
    | { choices: string[]; chosen: number }
    | { number: number; digits: number; row?: number }
>;
export interface Text {
    text: string;
    live?: { [name: string]: Live };
}

export interface Mark {
    role: string;
    rows: Span;
    columns: Span;
}
export type Link = [role: string, rows: Span[], columns: Span[], transposed?: boolean];
export interface Links {
    links: { [space: string]: Link[] };
    home: string | null;
}

/** What of an item tells its size. */
export interface Item {
    kind: "panel" | "bars" | "curves" | "sign" | "card";
    rows: number;
    columns: number;
    wide?: boolean;
    large?: boolean;
    sign?: string;
    name?: string;
    caption?: Text | string;
    labels?: string[];
    ticks?: [value: number, label: string][];
}
/** Lines of text whose live values, if any, are looked up by the place of one space. */
export interface Told extends Item {
    space: Space | null;
    title: Text;
    text: Text | null;
    lines: [label: Text, value: Text][];
}
export interface Section {
    rows: Item[][];
    clock: (Text & { space: Space; name: string }) | null;
    heading?: string | null;
    note?: string | null;
}
export type Band = Section[];
export interface Plan {
    bands: Band[];
    most: number;
    small: number;
    least: number;
    sign: number;
    wrapped: number;
}

/** Code with what its lines print, and the panels that they are about. */
export interface Code {
    title: string;
    text: string;
    remarks: string[];
    lines: Line[];
}
export interface Line {
    code: string;
    panels: string[];
    printed: string;
}

export interface Parts {
    field: string;
    choices: (number | string)[];
    at: number;
}
export interface Pin {
    over: string;
    name?: string;
    space?: string;
    place?: Place;
    cell: Place;
    output?: Place | null;
    field?: string;
    choice?: number;
}
export type Sizes = { [space: string]: [rows: number, columns: number] };
/** Fields of the view, and of how the page is shown. */
export type Fields = { [field: string]: number | string };
/** What the stage knows of where it is. */
export interface Known {
    places: Places;
    held: Pin | null;
    pointed: Pin | null;
    turn: number;
    frame?: string;
    moves?: number;
    sizes?: Sizes;
    awaited: { part: number; place: Place } | null;
}
export interface Playlist {
    title: string;
    titles: string[];
    field?: string;
    choices?: string[];
}
export interface Mode {
    present?: boolean;
    embed?: boolean;
    /** Which view of the playlist is shown. */
    at?: number;
    full?: string | null;
}
/** What the page's server says of a scene; of a page of its own there is nothing. */
export interface Said {
    /** Which scene it is said of. */
    of?: string;
    /** The last message of the stage that the server has heard. */
    turn?: number;
    /** What the place is a place of. */
    frame?: string;
    /** How often the place was changed by anything but the stage. */
    moves?: number;
    at?: number[];
    mode?: Mode;
    /** What a reader begins at its top. */
    page?: string;
    link?: [template: string, bare: string];
    /** Lines of the listing that are others at this place. */
    lines?: { [line: number]: Partial<Line> };
}
/** Where a scene rests. */
// The view's fields that say where a space is at, by row and column: none for a row that is always the first.
export type FieldsOf = { [space: string]: [row: string, column: string] };
export interface Resting extends Said {
    fields: FieldsOf;
    places: Places;
    sizes: Sizes;
    clocks: string[];
    parts?: Parts | null;
}
export interface Scene extends Resting {
    id?: string;
    scene: string;
    scenes: string[];
    picked: Record<string, number>;
    lang: string;
    label: Text;
    total: Text;
    bands: Band[];
    pins: string[];
    switch: string | null;
    legend: [kind: string, text: string][];
    tables: Entry[];
    most: number | null;
    strips: Strip[];
    listing: Code | null;
    words: Words;
    roles: { [role: string]: { color: string; dash: string; width: number } };
    halo: string;
    themes: { [name: string]: Look };
    plotly: string;
    playlist?: Playlist | null;
}
export type Words = { [key: string]: string };

export interface Shades {
    scale: [at: number, color: string][];
    shades: string;
    ink: string;
}
export interface Look {
    ground: string;
    ink: string;
    muted: string;
    rule: string;
    box: string;
    neutral: string;
    bars: [below: string, above: string];
    signed: Shades;
    unsigned: Shades;
}
/** Pictures of their own, or cells in shades of a scale. */
export interface Thumbnails {
    pictures?: string[];
    rows: number;
    columns: number;
    data: string;
    scale: "signed" | "unsigned";
}
export interface Strip extends Thumbnails {
    field: string;
    title: string;
    choices: (number | string)[];
    chosen: number | string;
    names: string[];
}

/** What is drawn in an element that Plotly fills, at a size. */
export interface Chart {
    size: Size;
    node: HTMLElement;
    cells: HTMLElement;
    svg: SVGElement;
}
export type Attributes = { [name: string]: string | number | boolean | null };

declare global {
    interface Window {
        // deno-lint-ignore no-explicit-any
        Plotly?: any;
        film: {
            begin(steps: number[]): Promise<number>;
            show(step: number): Promise<void>;
        };
    }
}
