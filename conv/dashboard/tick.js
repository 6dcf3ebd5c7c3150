// @ts-check
// Asks for another run as long as it is on the page.

const timers = new WeakMap();

export default function tick({ data, parentElement, setTriggerValue }) {
    let count = 0;
    clearInterval(timers.get(parentElement));
    timers.set(parentElement, setInterval(() => setTriggerValue("tick", (count += 1)), data.every));
    return () => clearInterval(timers.get(parentElement));
}
