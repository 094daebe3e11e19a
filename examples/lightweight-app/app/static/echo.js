const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/echo`);
socket.addEventListener("open", () => socket.send("hello"));
socket.addEventListener("message", (event) => console.log("echo:", event.data));
