// CloudFront Function, viewer request, of everything that goes to the API: who is asking.
//
// An origin request policy cannot say it: those that may add CloudFront's own headers send the viewer's Host too,
// by which API Gateway then finds no API. Whatever a viewer sends under this name is overwritten.
function handler(event) {
    const request = event.request;
    request.headers['x-viewer-address'] = { value: event.viewer.ip };
    return request;
}
