// A picture that is wider than the screen is shown from its middle, where its thing stands.

const centre = document.querySelector("svg.around .centre");
const frame = centre?.closest(".scroll");
if (frame) {
  const from = frame.getBoundingClientRect().x + frame.clientWidth / 2;
  const { x, width } = centre.getBoundingClientRect();
  frame.scrollLeft += x + width / 2 - from;
}
