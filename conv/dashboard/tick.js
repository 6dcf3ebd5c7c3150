// @ts-check
// Asks for another run as long as it is on the page.

const timers = new WeakMap();

export default function tick({ data, parentElement, setTriggerValue }) {
    let count = 0;
    clearInterval(timers.get(parentElement));
    const timer = setInterval(() => setTriggerValue("tick", (count += 1)), data.every);
    timers.set(parentElement, timer);
    return () => clearInterval(timer);
}
