// @ts-check
// The table of contents of the notebook: a link for each section, which a click follows in the page.

const kept = new WeakMap(); // the list of each element, what it was made of, and who is told of a pick

export default function contents({ data, parentElement, setTriggerValue }) {
    const made = JSON.stringify([data.label, data.entries]);
    let known = kept.get(parentElement);
    if (known?.made !== made || !known.nav.isConnected) {
        known?.nav.remove();
        const one = { made, nav: listOf(data, (section) => one.tell(section)), tell: (_) => {} };
        known = one;
        kept.set(parentElement, known);
        parentElement.append(known.nav);
    }
    known.tell = (section) => setTriggerValue("pick", section);
    for (const link of known.nav.querySelectorAll("a")) {
        if (link.dataset.section === data.at) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
}

function listOf({ entries, label }, pick) {
    const list = document.createElement("ol");
    list.setAttribute("aria-label", label);
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", label);
    for (const { section, title, corrects } of entries) {
        const link = document.createElement("a");
        link.dataset.section = section;
        link.textContent = title;
        link.href = addressOf(section);
        // The page's address says where the reader is by then.
        for (const event of ["pointerover", "focus"]) {
            link.addEventListener(event, () => (link.href = addressOf(section)));
        }
        link.addEventListener("click", (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            pick(section);
        });
        const item = document.createElement("li");
        if (corrects) item.className = "corrects";
        item.append(link);
        list.append(item);
    }
    nav.append(list);
    return nav;
}

// The address of a section, in the rest of the view that the page's says.
/** @type {(section: string) => string} */
function addressOf(section) {
    const query = new URLSearchParams(window.location.search);
    query.set("scene", "notebook");
    query.set("section", section);
    return `?${query}`;
}
