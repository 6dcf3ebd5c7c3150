// Whether the stage has painted a view that is, or is not, this one, and the server has said all of it.
([view, wanted]) => {
    const { at, view: shown } = document.querySelector("[data-stage]")?.dataset ?? {};
    const state = document.querySelector("[data-testid=stApp]").getAttribute("data-test-script-state");
    return at !== undefined && (shown === view) === wanted && state === "notRunning";
}
