document.querySelector("input[name=recipient]")?.focus();
