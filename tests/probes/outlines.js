// The role, the colour and the dash of every outline that is drawn.
() => [...document.querySelectorAll("[data-panel] .marks path")].map((path) =>
    ["data-role", "stroke", "stroke-dasharray"].map((attribute) => path.getAttribute(attribute)))
