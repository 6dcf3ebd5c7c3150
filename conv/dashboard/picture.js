// @ts-check
// Draws a picture in the reader's browser, shows it, and hands it out as a file.

import { bytesOf } from "../figures/stage/bytes.js";
import { element } from "../figures/stage/dom.js";

// Of each element that Streamlit gives, and gives again with every picture: the latest call, which an
// earlier one may end behind, and the address of the file that is shown.
const latestCall = new WeakMap();
const addresses = new WeakMap();
const KEPT = 60_000; // milliseconds for which a download may still need its address

// The plotly.js that the stage has brought, or is about to.
function plotly() {
    const script = document.querySelector("script[data-stage-plotly]");
    if (window.Plotly || !script) return Promise.resolve(window.Plotly);
    return new Promise((resolve) => {
        for (const event of ["load", "error"]) {
            script.addEventListener(event, () => resolve(window.Plotly));
        }
    });
}

// What the server has made of it. That may be gone by now.
async function pictureAt({ address, not_sent }) {
    const answer = await fetch(new URL(address, document.baseURI)).catch(() => null);
    if (!answer?.ok) throw new Error(not_sent);
    return answer.json();
}

// What conv/figures/chromium.py asks of Plotly too: the same pixels, and the same text of an SVG. The
// page has fonts that a file has not: under other names, they take no part in where its texts stand.
async function drawn({ figure, format, width, height, scale }) {
    const json = JSON.stringify(figure).replace(/Source (Sans|Code)/g, "No Source $1");
    const { data, layout } = JSON.parse(json);
    const asked = { format, width, height, scale, imageDataOnly: true };
    const image = await (await plotly()).toImage({ data, layout }, asked);
    return format === "svg" ? image.replace(/No Source (Sans|Code)/g, "Source $1") : image;
}

function pngFile(base64, { texts, texts_at }, tooLarge) {
    // Of a canvas that is too large, a browser makes no picture at all.
    if (!base64.startsWith("iVBOR")) throw new Error(tooLarge);
    const png = bytesOf(base64);
    const parts = [png.subarray(0, texts_at), bytesOf(texts), png.subarray(texts_at)];
    return new Blob(parts, { type: "image/png" });
}

function svgFile(svg, { head, about }) {
    // Plotly draws a number for each figure, which stands in its ids.
    const number = svg.match(/<defs id="defs-([0-9a-f]{6})"/)?.[1];
    const ids = new RegExp(`((?:id="|#)[A-Za-z]*-?)${number}`, "g");
    const named = number ? svg.replace(ids, "$10") : svg;
    const end = named.indexOf(">");
    const box = named.slice(0, end).match(/viewBox="[^"]*"/)[0];
    const text = `${head} ${box}>${about}${named.slice(end + 1)}`;
    return new Blob([text], { type: "image/svg+xml" });
}

async function fileOf(picture, tooLarge) {
    const image = await drawn(picture);
    return picture.format === "png" ? pngFile(image, picture, tooLarge) : svgFile(image, picture);
}

// The parts of the picture's element, made once.
function partsOfPicture(host) {
    let root = host.querySelector(".picture");
    if (!root) {
        root = element("div", { class: "picture" });
        root.append(
            element("div", { class: "paper" }),
            element("p", { class: "fault", role: "alert", hidden: "" }),
            element("a", { class: "download" }),
        );
        host.append(root);
    }
    const [paper, fault, download] = root.children;
    return { root, paper, fault, download };
}

// Gives the element's file another address, or none.
function readdress(host, file) {
    const old = addresses.get(host);
    if (old) setTimeout(() => URL.revokeObjectURL(old), KEPT);
    addresses.delete(host);
    if (file) addresses.set(host, URL.createObjectURL(file));
    return addresses.get(host);
}

export default function picture({ data, parentElement }) {
    const host = parentElement;
    const { root, paper, fault, download } = partsOfPicture(host);
    const call = {};
    latestCall.set(host, call);
    root.dataset.picture = "drawing";
    download.hidden = !data.file;
    download.textContent = data.file && data.download;
    download.removeAttribute("href");
    const settle = (state, reason = "") => {
        root.dataset.picture = state;
        fault.hidden = state !== "failed";
        fault.textContent = reason && data.failed.replace("{reason}", reason);
        paper.hidden = state === "failed";
    };
    pictureAt(data)
        .then(async (told) => ({ alt: told.alt, file: await fileOf(told, data.too_large) }))
        .then(({ alt, file }) => {
            if (latestCall.get(host) !== call) return;
            const address = readdress(host, file);
            const image = element("img", { src: address, alt });
            paper.classList.toggle("clear", data.clear);
            paper.replaceChildren(image);
            if (data.file) Object.assign(download, { href: address, download: data.file });
            settle("ready");
        })
        .catch((error) => latestCall.get(host) === call && settle("failed", error.message));
    return () => {
        if (latestCall.get(host) !== call) return;
        latestCall.delete(host);
        readdress(host);
    };
}
