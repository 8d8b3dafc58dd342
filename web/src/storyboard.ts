import { clock, element } from "./dom";

interface Tile {
  start: number;
  image: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const SHOWN = 12;

/** A row of pictures from the film; each is a button that seeks there. A session must have been opened. */
export async function filmStrip(vttUrl: string, video: HTMLVideoElement): Promise<HTMLElement> {
  const base = new URL(vttUrl, location.href);
  const tiles = parseTiles(await (await fetch(base)).text(), base);
  const step = Math.max(1, Math.ceil(tiles.length / SHOWN));
  const buttons = tiles
    .filter((_tile, index) => index % step === 0)
    .map((tile) => {
      const picture = element("span", { className: "tile" });
      picture.style.cssText = `width:${tile.width}px;height:${tile.height}px;background-image:url("${tile.image}");background-position:-${tile.x}px -${tile.y}px`;
      const go = () => {
        video.currentTime = tile.start;
      };
      const label = clock(tile.start);
      return element("button", { type: "button", onclick: go, ariaLabel: `Go to ${label}` }, picture, label);
    });
  return element("nav", { className: "strip", ariaLabel: "Pictures from the film" }, ...buttons);
}

/** The cues of a storyboard's WebVTT: `start --> end`, then `image.jpg#xywh=x,y,width,height`. */
export function parseTiles(vtt: string, base: URL): Tile[] {
  const cue = /^((?:\d+:)?\d+:\d+\.\d+)\s+-->.*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;
  return [...vtt.matchAll(cue)].map(([, start, image, ...box]) => {
    const [x, y, width, height] = box.map(Number) as [number, number, number, number];
    return { start: seconds(start!), image: new URL(image!, base).href, x, y, width, height };
  });
}

function seconds(time: string): number {
  return time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
