/** Where the hub starts a named server with a release, with the same notebook open in it. */

/** What the page knows of its hub; all empty where there is none. */
export interface IHubPlace {
  hubHost?: string;
  hubPrefix?: string;
  hubUser?: string;
}

/** A name for the server: one per release, so that asking twice leads to the same one. */
export function serverName(image: string, release: string): string {
  return `${image.slice(0, 18)}-${release.replace(/\./g, '-')}`;
}

/** The hub's address for it, null where there is no hub. The hub checks for itself what the person may start. */
export function spawnUrl(hub: IHubPlace, image: string, release: string, path: string | null): string | null {
  const { hubPrefix, hubUser } = hub;
  if (!hubPrefix || !hubUser) {
    return null;
  }
  const base = hubPrefix.replace(/hub\/$/, '');
  const user = encodeURIComponent(hubUser);
  const name = serverName(image, release);
  const file = path === null ? '' : `/tree/${path.split('/').map(encodeURIComponent).join('/')}`;
  const query = new URLSearchParams({
    'opt-enablement-release': `${image}/${release}`,
    display_name: `${image} ${release}`,
    next: `${base}user/${user}/${name}/lab${file}`
  });
  return `${hub.hubHost ?? ''}${hubPrefix}spawn/${user}/${name}?${query.toString()}`;
}
