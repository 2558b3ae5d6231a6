/* Files on their way lie in the browser's own database until the centre has them, so that a reload or a closed tab loses
   none. Whatever goes wrong here (a private window, no room left), the tab still has the file. */

const NAME = "huiyin-chat", FILES = "files";

function opened() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(FILES, { keyPath: "client_id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

async function within(mode, act) {
  const base = await opened();
  try {
    return await new Promise((done, fail) => {
      const work = base.transaction(FILES, mode), asked = act(work.objectStore(FILES));
      work.oncomplete = () => done(asked.result);
      work.onabort = () => fail(work.error);
    });
  } finally {
    base.close();
  }
}

/* Whether it is kept now: { client_id, file, visitor, talk }. */
export const keep = (entry) => within("readwrite", (files) => files.put(entry)).then(() => true, () => false);
export const forget = (id) => within("readwrite", (files) => files.delete(id)).catch(() => {});
export const kept = () => within("readonly", (files) => files.getAll()).catch(() => []);
