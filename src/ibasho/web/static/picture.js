// A picture is made smaller before it is sent, where the browser can: a phone with one bar then sends a tenth, and
// the place it was taken at does not even leave the phone. Without this, or where anything goes wrong, the file is
// sent as it is and made smaller on the other side.

const SIDE = 1600;
const PAPER = "#FBF7F0"; // shows where a picture is clear

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, width, height);
  return [canvas, pen];
}

// Some browsers, against being recognised, give back other colours than were drawn.
function isTrue() {
  const [, pen] = canvasOf(16, 16);
  const seen = pen.getImageData(0, 0, 16, 16).data;
  return seen.every((level, place) => level === [0xfb, 0xf7, 0xf0, 0xff][place % 4]);
}

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const [canvas, pen] = canvasOf(Math.round(picture.width * scale), Math.round(picture.height * scale));
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
}

document.addEventListener("change", async (event) => {
  const field = event.target;
  const file = field.matches("input[type=file]") && field.files[0];
  if (!file || file.type === "image/svg+xml" || !isTrue()) return;
  try {
    const made = await smaller(file);
    if (field.files[0] !== file || !made || made.size >= file.size) return;
    const bag = new DataTransfer();
    bag.items.add(new File([made], "picture.jpg", { type: "image/jpeg" }));
    field.files = bag.files;
  } catch {
    // no picture that this browser can read; perhaps the other side can
  }
});
