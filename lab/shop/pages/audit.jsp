<%@ page session="false" contentType="application/json;charset=UTF-8" trimDirectiveWhitespaces="true"
         import="java.net.URI,java.net.http.HttpClient,java.net.http.HttpRequest,java.net.http.HttpResponse,java.time.Duration,java.util.Base64" %>
<%!
  /* Who may read the audit trail: the identity provider says whether the token is good, the token says which roles it carries. */
  private static final String ROLE = "policy-reader";
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

  private static int askIdentityProvider(String authorization) throws Exception {
    HttpRequest question = HttpRequest.newBuilder(URI.create(System.getProperty("shop.issuer") + "/protocol/openid-connect/userinfo"))
        .timeout(Duration.ofSeconds(5)).header("Authorization", authorization).GET().build();
    return CLIENT.send(question, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /* The roles of `realm_access` in the token's payload. The token is genuine by now, so its JSON is Keycloak's own. */
  private static boolean carriesRole(String token) {
    String payload = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), java.nio.charset.StandardCharsets.UTF_8);
    int access = payload.indexOf("\"realm_access\":{\"roles\":[");
    if (access < 0) return false;
    String roles = payload.substring(access, payload.indexOf(']', access));
    return roles.contains("\"" + ROLE + "\"");
  }

  private static int decide(String authorization) {
    if (authorization == null || !authorization.startsWith("Bearer ")) return 401;
    try {
      int answer = askIdentityProvider(authorization);
      if (answer == 401 || answer == 403) return 401;
      if (answer != 200) return 503;
      return carriesRole(authorization.substring(7)) ? 200 : 403;
    } catch (Exception unreachable) {
      return 503;
    }
  }
%>
<%
  int status = decide(request.getHeader("Authorization"));
  response.setStatus(status);
  if (status == 200) out.print("{\"version\":\"@VERSION@\",\"entries\":[{\"at\":\"2026-01-01T00:00:00Z\",\"what\":\"shop opened\"}]}");
  else if (status == 401) out.print("{\"error\":\"a valid bearer token is needed\"}");
  else if (status == 403) out.print("{\"error\":\"the role policy-reader is needed\"}");
  else out.print("{\"error\":\"the identity provider does not answer\"}");
%>
