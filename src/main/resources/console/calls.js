/** Calls an operation over HTTP; rejects with an Error that has the status of the answer. */
export async function post(operation, body = {}) {
  const answer = await fetch(`/v1/admin/${operation}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (answer.ok) return json;
  throw Object.assign(new Error(json.error?.message ?? answer.statusText), { status: answer.status });
}
