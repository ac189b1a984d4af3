// Comfort for the pages for admins: a button that copies what is shown once, and forms that a second click does not send again.

for (const button of document.querySelectorAll("button.copy")) {
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.from).textContent.trim());
      status.textContent = button.dataset.copied;
    } catch {
      status.textContent = button.dataset.failed;
    }
  });
}

const sent = new Set();
for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
  });
}

addEventListener("pageshow", () => sent.clear()); // a page that the browser kept may send its form again
