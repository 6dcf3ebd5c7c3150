// @ts-check
// The table of contents of a scene: a link for each of its pages, which a click follows in the page.

const kept = new WeakMap(); // the list of each element, what it was made of, and who is told of a pick

export default function contents({ data, parentElement, setTriggerValue }) {
    const made = JSON.stringify([data.label, data.scene, data.entries]);
    let known = kept.get(parentElement);
    if (known?.made !== made || !known.nav.isConnected) {
        known?.nav.remove();
        const one = { made, nav: listOf(data, (name) => one.tell(name)), tell: (_) => {} };
        known = one;
        kept.set(parentElement, known);
        parentElement.append(known.nav);
    }
    known.tell = (name) => setTriggerValue("pick", name);
    for (const link of known.nav.querySelectorAll("a")) {
        if (link.dataset.name === data.at) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
}

function listOf({ scene, field, entries, label }, pick) {
    const list = document.createElement("ol");
    list.setAttribute("aria-label", label);
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", label);
    for (const { name, title, marked } of entries) {
        const link = document.createElement("a");
        link.dataset.name = name;
        link.textContent = title;
        link.href = addressOf(scene, field, name);
        // The page's address says where the reader is by then.
        for (const event of ["pointerover", "focus"]) {
            link.addEventListener(event, () => (link.href = addressOf(scene, field, name)));
        }
        link.addEventListener("click", (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            pick(name);
        });
        const item = document.createElement("li");
        if (marked) item.className = "marked";
        item.append(link);
        list.append(item);
    }
    nav.append(list);
    return nav;
}

// The address of a page of a scene, in the rest of the view that the page's says.
/** @type {(scene: string, field: string, name: string) => string} */
function addressOf(scene, field, name) {
    const query = new URLSearchParams(window.location.search);
    query.set("scene", scene);
    query.set(field, name);
    return `?${query}`;
}
