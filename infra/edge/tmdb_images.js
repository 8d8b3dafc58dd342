// CloudFront Function, viewer request, of pictures of TMDB: the path as their server knows it.
//
// The page asks for /images/tmdb/{size}/{name}; the origin's path adds /t/p before what is left. Only sizes and names
// that theirs has the form of go on: nothing else of that server is ours to give out.
const PICTURE = /^\/images\/tmdb(\/(?:w[0-9]{2,4}|original)\/[A-Za-z0-9_-]+\.(?:jpg|png))$/;

function handler(event) {
    const request = event.request;
    const found = PICTURE.exec(request.uri);
    if (found === null) {
        return { statusCode: 404, statusDescription: 'Not Found' };
    }
    request.uri = found[1];
    return request;
}
