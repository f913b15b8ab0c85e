// Loads the page again when a newer build is there, and says when the newest one failed.
(async () => {
  const shown = document.currentScript.dataset.build;
  let seen = "";
  let note;
  const tell = (problem) => {
    note?.remove();
    if (!problem) return;
    note = document.createElement("pre");
    note.setAttribute("role", "alert");
    note.style.cssText =
      "position:fixed;inset:auto 0 0 0;z-index:999;margin:0;padding:1em;max-height:50vh;overflow:auto;" +
      "background:#7a1f1f;color:#fff;font-size:14px;white-space:pre-wrap";
    note.textContent = problem;
    document.body.append(note);
  };
  for (;;) {
    try {
      const answer = await fetch(`/__tutor/newest${seen}`);
      if (answer.ok) {
        const told = await answer.json();
        if (String(told.build) !== shown) return location.reload();
        seen = `?seen=${told.seen}`;
        tell(told.problem);
        continue;
      }
    } catch {}
    await new Promise((done) => setTimeout(done, 1000));
  }
})();
